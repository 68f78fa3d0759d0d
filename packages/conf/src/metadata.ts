import { childNamed, custom, raw, type XmlElement } from "@libvirt-ts/xml";

/** Declarations of the parent that something in the tree is written with. */
function outerDeclarations(element: XmlElement, outer: XmlElement["attrs"]): XmlElement["attrs"] {
  const own = { ...element.attrs };
  const missing: Record<string, string> = {};
  const names = [element.prefix, ...Object.keys(own).map((name) => name.replace(/:?[^:]*$/, ""))];
  for (const prefix of names) {
    const declaration = `xmlns:${prefix}`;
    const uri = outer[declaration];
    if (uri !== undefined && own[declaration] === undefined) missing[declaration] = uri;
  }
  const left = Object.entries(outer).filter(([name]) => own[name] === undefined);
  const inside = element.children.map((child) => outerDeclarations(child, Object.fromEntries(left)));
  return Object.assign(missing, ...inside);
}

/**
 * What applications keep with an object: of each namespace the first element, and nothing else. What is declared
 * further out is declared here anew.
 */
export const metadata = custom<XmlElement>({
  tags: ["metadata"],
  like: { metadata: raw("metadata") },
  parse(from) {
    const found = childNamed(from, "metadata");
    if (!found || (found.children.length === 0 && found.text === "")) return undefined;
    const seen = new Set([""]);
    const children = found.children.filter(({ ns }) => !seen.has(ns) && seen.add(ns));
    const own = { ...found, children, text: "", content: undefined };
    return { ...own, attrs: { ...own.attrs, ...outerDeclarations(own, from.attrs) } };
  },
  formatBody: (tree, writer) => writer.tree(tree),
});
