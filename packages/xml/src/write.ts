import { escapeXml } from "./escape.ts";
import type { XmlElement, XmlNode } from "./tree.ts";

const indents: string[] = [""];
const indentOf = (depth: number): string => {
  for (let i = indents.length; i <= depth; i++) indents.push(`${indents[i - 1]}  `);
  return indents[depth] ?? "";
};

/**
 * Builds XML text in libvirt's layout: two blanks a level, attributes in single quotes, `<tag/>` when empty.
 * Calls must nest: `open`, `attr`..., then children or `text`, then `close`.
 */
export class XmlWriter {
  #out: string[] = [];
  #depth: number;
  /** The start tag last opened still lacks its `>`. */
  #pending = false;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  /** @returns a mark to hand to `close`, which can drop an element that stayed empty */
  open(tag: string): number {
    if (this.#pending) this.#out.push(">\n");
    const mark = this.#out.length;
    this.#out.push(indentOf(this.#depth), `<${tag}`);
    this.#pending = true;
    this.#depth++;
    return mark;
  }

  attr(name: string, value: string): void {
    this.#out.push(` ${name}='${escapeXml(value)}'`);
  }

  /** Ends the start tag last opened, whether or not a child follows. */
  startBody(): void {
    if (this.#pending) this.#out.push(">\n");
    this.#pending = false;
  }

  /** Closes an element without text. */
  close(tag: string): void {
    this.#depth--;
    if (this.#pending) this.#out.push("/>\n");
    else this.#out.push(`${indentOf(this.#depth)}</${tag}>\n`);
    this.#pending = false;
  }

  /** Closes an element whose content is text alone. */
  closeWithText(tag: string, text: string): void {
    this.#depth--;
    this.#out.push(`>${escapeXml(text)}</${tag}>\n`);
    this.#pending = false;
  }

  /** Nothing came after `open` returned `mark`: no attribute, no child. */
  isBare(mark: number): boolean {
    return this.#pending && this.#out.length === mark + 2;
  }

  /** Takes back an element that is bare; the parent's start tag is completed only by another child. */
  drop(mark: number): void {
    this.#depth--;
    this.#out.length = mark;
    const before = this.#out[mark - 1];
    this.#pending = before === ">\n";
    if (this.#pending) this.#out.length = mark - 1;
  }

  /** A whole element that is given as a tree, in our own layout; mixed content is not expected in it. */
  plainTree(element: XmlElement): void {
    const tag = element.prefix === "" ? element.name : `${element.prefix}:${element.name}`;
    this.open(tag);
    for (const name in element.attrs) this.attr(name, element.attrs[name] ?? "");
    if (element.children.length === 0 && element.text !== "") {
      this.closeWithText(tag, element.text);
      return;
    }
    for (const child of element.children) this.plainTree(child);
    this.close(tag);
  }

  /** A whole element that is given as a tree: laid out again, namespaces and asides kept. */
  tree(element: XmlElement): void {
    if (this.#pending) this.#out.push(">\n");
    this.#pending = false;
    this.#out.push(indentOf(this.#depth), formatTree(element, this.#depth), "\n");
  }

  toString(): string {
    return this.#out.join("");
  }
}

const isBlank = (node: XmlNode) => typeof node === "string" && /^[ \t\r\n]*$/.test(node);
const textEscapes: { readonly [char: string]: string } = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "\r": "&#13;",
};
const attrEscapes: { readonly [char: string]: string } = {
  ...textEscapes,
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/**
 * Writes a tree as libxml2 does when it lays out text: double quotes, children on lines of their own
 * unless the element holds text.
 */
export function formatTree(element: XmlElement, depth = 0): string {
  const tag = element.prefix === "" ? element.name : `${element.prefix}:${element.name}`;
  let out = `<${tag}`;
  for (const name in element.attrs) {
    const value = (element.attrs[name] ?? "").replace(/[<>&\r"\n\t]/g, (char) => attrEscapes[char] ?? char);
    out += ` ${name}="${value}"`;
  }
  const nodes: readonly XmlNode[] = element.content
    ? element.content
    : element.children.length > 0
      ? element.children
      : element.text === ""
        ? []
        : [element.text];
  const mixed = nodes.some((node) =>
    typeof node === "string" ? !isBlank(node) : "kind" in node && node.kind === "cdata",
  );
  const shown = mixed || nodes.length === 1 ? nodes : nodes.filter((node) => !isBlank(node));
  if (shown.length === 0) return `${out}/>`;
  out += ">";
  const flat = mixed || shown.every((node) => typeof node === "string");
  for (const node of shown) {
    if (!flat) out += `\n${indentOf(depth + 1)}`;
    out += formatNode(node, depth + 1);
  }
  if (!flat) out += `\n${indentOf(depth)}`;
  return `${out}</${tag}>`;
}

function formatNode(node: XmlNode, depth: number): string {
  if (typeof node === "string") return node.replace(/[<>&\r]/g, (char) => textEscapes[char] ?? char);
  if (!("kind" in node)) return formatTree(node, depth);
  if (node.kind === "comment") return `<!--${node.value}-->`;
  return node.kind === "pi" ? `<?${node.value}?>` : `<![CDATA[${node.value}]]>`;
}
