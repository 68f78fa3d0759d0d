import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { escapeXml, parseXml } from "@libvirt-ts/xml";
import type { Context } from "../context.ts";
import { dumpElement } from "./xml.ts";
import { type Node, select } from "./xpath.ts";

/** Prints XML, or what an XPath finds in it. */
export function showXml(
  out: Context["out"],
  xml: string,
  { xpath, wrap = false }: { xpath?: string | undefined; wrap?: boolean } = {},
): void {
  if (xpath === undefined) {
    out.text(xml);
    return;
  }
  const found = select(parseXml(xml), xpath);
  if (found === undefined)
    throw new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, `Incorrect xpath '${xpath}'`);
  if (wrap) out.line(wrapped(found));
  else for (const node of found) out.line(dumpNode(node, 0));
}

function dumpNode(node: Node, depth: number): string {
  if (node.kind === "element") return dumpElement(node.element, depth);
  return node.kind === "text" ? node.value : attributeText(node);
}

const attributeText = ({ name, value }: { name: string; value: string }) => ` ${name}="${escapeXml(value)}"`;

/** One element around all of them: attributes become its own. */
function wrapped(found: readonly Node[]): string {
  const attributes = new Map(
    found.flatMap((node) => (node.kind === "attribute" ? [[node.name, attributeText(node)] as const] : [])),
  ); // the last of a name stays
  const inner = found.filter(({ kind }) => kind !== "attribute");
  const start = `<nodes${[...attributes.values()].join("")}`;
  if (inner.length === 0) return `${start}/>`;
  return `${start}>\n${inner.map((node) => `  ${dumpNode(node, 1)}\n`).join("")}</nodes>`;
}
