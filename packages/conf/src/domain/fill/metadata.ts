import type { XmlElement } from "@libvirt-ts/xml";

/** Namespaces used in an element that are declared outside of it: attributes that declare them. */
function borrowed(element: XmlElement, known: ReadonlySet<string>): { [name: string]: string } {
  const own = new Set([...known, ...Object.keys(element.attrs)]);
  const name = `xmlns:${element.prefix}`;
  const isBorrowed = element.prefix !== "" && !own.has(name);
  const inside = element.children.map((child) => borrowed(child, own));
  return Object.assign({}, isBorrowed && { [name]: element.ns }, ...inside);
}

/**
 * One element a namespace, the first; those without a namespace belong to nobody and go.
 * @returns `undefined` if nothing is left
 */
export function sanitizeMetadata(metadata: XmlElement): XmlElement | undefined {
  const seen = new Set<string>();
  const kept = new Set<XmlElement>();
  for (const child of metadata.children) {
    if (child.ns === "" || seen.has(child.ns)) continue;
    seen.add(child.ns);
    kept.add(child);
  }
  if (metadata.children.length === 0) return undefined;
  const declared = new Set(Object.keys(metadata.attrs));
  const outside = [...kept].map((child) => borrowed(child, declared));
  return {
    ...metadata,
    attrs: Object.assign({}, metadata.attrs, ...outside),
    children: [...kept],
    content: metadata.content?.filter((node) => typeof node === "string" || "kind" in node || kept.has(node)),
  };
}
