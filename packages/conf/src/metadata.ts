import { childNamed, custom, raw, type XmlElement } from "@libvirt-ts/xml";

/** Declarations further out that something in the tree is written with. */
function usedOf(
  outer: ReadonlyMap<string, string>,
  { prefix, attrs, children }: XmlElement,
): [name: string, uri: string][] {
  const left = new Map([...outer].filter(([name]) => attrs[name] === undefined));
  if (left.size === 0) return [];
  const prefixes = [prefix, ...Object.keys(attrs).map((name) => name.replace(/:?[^:]*$/, ""))];
  const own = prefixes.flatMap((each): [string, string][] => {
    const uri = left.get(`xmlns:${each}`);
    return uri === undefined ? [] : [[`xmlns:${each}`, uri]];
  });
  return [...own, ...children.flatMap((child) => usedOf(left, child))];
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
    const outer = new Map(Object.entries(from.attrs).filter(([name]) => name.startsWith("xmlns:")));
    return { ...own, attrs: { ...own.attrs, ...Object.fromEntries(usedOf(outer, own)) } };
  },
  formatBody: (tree, writer) => writer.tree(tree),
});
