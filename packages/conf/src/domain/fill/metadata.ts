import type { XmlElement } from "@libvirt-ts/xml";

/** One element a namespace, the first; those without a namespace belong to nobody and go. */
export function sanitizeMetadata(metadata: XmlElement): XmlElement {
  const seen = new Set<string>();
  const kept = new Set<XmlElement>();
  for (const child of metadata.children) {
    if (child.ns === "" || seen.has(child.ns)) continue;
    seen.add(child.ns);
    kept.add(child);
  }
  return {
    ...metadata,
    children: [...kept],
    content: metadata.content?.filter((node) => typeof node === "string" || "kind" in node || kept.has(node)),
  };
}
