import { escapeXml } from "./escape.ts";
import type { XmlElement, XmlNode } from "./tree.ts";

const indents: string[] = [""];
const indentOf = (depth: number): string => {
  for (let i = indents.length; i <= depth; i++) indents.push(`${indents[i - 1]}  `);
  return indents[depth] ?? "";
};

/** What stood before an element that is still open. */
interface Opened {
  /** The text without it. */
  before: string;
  /** Length of the text with the start of its start tag. */
  bareLength: number;
  /** Its parent's start tag lacked its `>`. */
  isFirst: boolean;
}

/**
 * Builds XML text in libvirt's layout: two blanks a level, attributes in single quotes, `<tag/>` when empty.
 * Calls must nest: `open`, `attr`..., then children or `closeWithText`, then `close`.
 */
export class XmlWriter {
  #out = "";
  readonly #indent: number;
  /** Elements open now; those beyond `#depth` are kept to be used again. */
  readonly #opened: Opened[] = [];
  #depth = 0;
  /** The start tag last opened still lacks its `>`. */
  #pending = false;

  /** @param indent levels the whole is moved in */
  constructor(indent = 0) {
    this.#indent = indent;
  }

  open(tag: string): void {
    const before = this.#out;
    const isFirst = this.#pending;
    const start = `${indentOf(this.#indent + this.#depth)}<${tag}`;
    this.#out = isFirst ? `${before}>\n${start}` : before + start;
    this.#pending = true;
    const bareLength = this.#out.length;
    const kept = this.#opened[this.#depth];
    if (kept) {
      kept.before = before;
      kept.bareLength = bareLength;
      kept.isFirst = isFirst;
    } else this.#opened.push({ before, bareLength, isFirst });
    this.#depth++;
  }

  attr(name: string, value: string): void {
    this.#out += ` ${name}='${escapeXml(value)}'`;
  }

  /** Ends the start tag last opened, whether or not a child follows. */
  startBody(): void {
    if (this.#pending) this.#out += ">\n";
    this.#pending = false;
  }

  /** Closes an element without text. */
  close(tag: string): void {
    this.#depth--;
    this.#out += this.#pending ? "/>\n" : `${indentOf(this.#indent + this.#depth)}</${tag}>\n`;
    this.#pending = false;
  }

  /** Closes an element whose content is text alone. */
  closeWithText(tag: string, text: string): void {
    this.#depth--;
    this.#out += `>${escapeXml(text)}</${tag}>\n`;
    this.#pending = false;
  }

  /** As `close`, but an element with neither attribute nor child is taken back. */
  closeUnlessBare(tag: string): void {
    const own = this.#opened[this.#depth - 1];
    if (!own || !this.#pending || this.#out.length !== own.bareLength) {
      this.close(tag);
      return;
    }
    this.#depth--;
    this.#out = own.before;
    this.#pending = own.isFirst;
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
    this.startBody();
    const depth = this.#indent + this.#depth;
    this.#out += `${indentOf(depth)}${formatTree(element, depth)}\n`;
  }

  toString(): string {
    return this.#out;
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

const needsEscape = /[<>&\r"\n\t\u0080-\u{10ffff}]/u;
const numeric = (char: string): string => `&#x${char.codePointAt(0)?.toString(16).toUpperCase()};`;
const escapeTreeAttr = (value: string): string =>
  needsEscape.test(value)
    ? value.replace(/[<>&\r"\n\t\u0080-\u{10ffff}]/gu, (char) => attrEscapes[char] ?? numeric(char))
    : value;
const escapeTreeText = (text: string): string =>
  needsEscape.test(text) ? text.replace(/[<>&\r]/g, (char) => textEscapes[char] ?? char) : text;

/**
 * Writes a tree as libxml2 does when it lays out text: double quotes, children on lines of their own
 * unless the element holds text.
 */
export function formatTree(element: XmlElement, depth = 0): string {
  const { attrs, children, text, content } = element;
  const tag = element.prefix === "" ? element.name : `${element.prefix}:${element.name}`;
  let out = `<${tag}`;
  for (const name in attrs) out += ` ${name}="${escapeTreeAttr(attrs[name] ?? "")}"`;
  if (content) {
    const inside = formatContent(content, depth);
    return inside === "" ? `${out}/>` : `${out}>${inside}</${tag}>`;
  }
  if (children.length === 0) return text === "" ? `${out}/>` : `${out}>${escapeTreeText(text)}</${tag}>`;
  out += ">";
  for (const child of children) out += `\n${indentOf(depth + 1)}${formatTree(child, depth + 1)}`;
  return `${out}\n${indentOf(depth)}</${tag}>`;
}

/** What stands inside an element, asides included; laid out anew unless text is among it. */
function formatContent(nodes: readonly XmlNode[], depth: number): string {
  const mixed = nodes.some((node) =>
    typeof node === "string" ? !isBlank(node) : "kind" in node && node.kind === "cdata",
  );
  const shown = mixed || nodes.length === 1 ? nodes : nodes.filter((node) => !isBlank(node));
  const flat = mixed || shown.every((node) => typeof node === "string");
  const before = flat ? "" : `\n${indentOf(depth + 1)}`;
  const inside = shown.map((node) => before + formatNode(node, depth + 1)).join("");
  return flat ? inside : `${inside}\n${indentOf(depth)}`;
}

function formatNode(node: XmlNode, depth: number): string {
  if (typeof node === "string") return escapeTreeText(node);
  if (!("kind" in node)) return formatTree(node, depth);
  if (node.kind === "comment") return `<!--${node.value}-->`;
  return node.kind === "pi" ? `<?${node.value}?>` : `<![CDATA[${node.value}]]>`;
}
