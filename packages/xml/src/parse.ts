import { SaxesParser } from "saxes";
import { malformed } from "./errors.ts";
import type { XmlElement, XmlNode } from "./tree.ts";

export interface ParseXmlOptions {
  /** Name of the document in error texts. */
  readonly what?: string;
  /** Longest document in characters. */
  readonly maxLength?: number;
  /** Deepest nesting of elements. */
  readonly maxDepth?: number;
}

interface OpenElement {
  name: string;
  prefix: string;
  ns: string;
  attrs: Record<string, string>;
  children: XmlElement[];
  text: string;
  content: XmlNode[] | undefined;
  line: number;
  column: number;
}

const noAttrs: Record<string, string> = Object.freeze({}) as Record<string, string>; // never written to
const blank = /^[ \t\r\n]*$/;

/**
 * Parses a document into a tree with positions.
 *
 * Refused: document type declarations (hence entities beyond the five of XML), characters XML does not
 * allow (NUL), undeclared namespace prefixes, nesting and length beyond the bounds.
 * @throws VirError XML/XML_DETAIL with line, offending text and pointer
 */
export function parseXml(text: string, options: ParseXmlOptions = {}): XmlElement {
  const { what = "domain_definition", maxLength = 16_777_216, maxDepth = 256 } = options;
  const fail = (message: string, line: number, column: number): never => {
    const lineText = text.split("\n", line)[line - 1] ?? "";
    throw malformed(what, { line, column, lineText }, message);
  };
  if (text.length > maxLength) fail(`Document is longer than ${maxLength} characters`, 1, 0);
  const start = skipBlank(text);
  if (start === text.length) fail("Document is empty", 1, 0);
  if (text.charCodeAt(start) !== 60) fail("Start tag expected, '<' not found", 1, start);

  const parser = new SaxesParser({ position: true });
  const stack: OpenElement[] = [];
  let current: OpenElement | undefined;
  let root: XmlElement | undefined;
  let startLine = 1;
  let startColumn = 0;
  const failHere = (message: string) => fail(message, parser.line, parser.column);
  const append = (node: XmlNode) => {
    if (!current) return;
    current.content ??= contentSoFar(current);
    current.content.push(node);
  };

  parser.on("error", (error) => {
    const at = /^(?:[^:]*:)?(\d+):(\d+): (.*)$/s.exec(error.message);
    const message = at?.[3] ?? error.message;
    fail(libxmlWording(message, stack), at ? Number(at[1]) : parser.line, at ? Number(at[2]) : parser.column);
  });
  parser.on("doctype", () => failHere("Document type declarations are not accepted"));
  parser.on("opentagstart", () => {
    startLine = parser.line;
    startColumn = parser.column;
  });
  parser.on("opentag", (tag) => {
    if (stack.length >= maxDepth) failHere(`Excessive depth in document: ${maxDepth}`);
    const colon = tag.name.indexOf(":");
    const prefix = colon < 0 ? "" : tag.name.slice(0, colon);
    const attrs = tag.attributes as Record<string, string>; // plain strings: the parser runs without xmlns
    const hasNs = current?.ns !== undefined && current.ns !== "";
    let ns = prefix === "" && hasNs ? (current?.ns ?? "") : "";
    if (prefix !== "" && prefix !== "xml") {
      ns =
        lookUpPrefix(prefix, attrs, stack) ??
        failHere(`Namespace prefix ${prefix} on ${tag.name.slice(colon + 1)} is not defined`);
    } else if (attrs["xmlns"] !== undefined) {
      ns = attrs["xmlns"];
    } else if (prefix === "" && (hasNs || (current?.prefix ?? "") !== "")) {
      ns = lookUpPrefix("", attrs, stack) ?? "";
    }
    let count = 0;
    for (const _ in attrs) count++;
    const element: OpenElement = {
      name: colon < 0 ? tag.name : tag.name.slice(colon + 1),
      prefix,
      ns,
      attrs: count === 0 ? noAttrs : attrs,
      children: [],
      text: "",
      content: undefined,
      line: startLine,
      column: startColumn,
    };
    if (current) {
      if (current.content) current.content.push(element);
      else if (current.text !== "" && !blank.test(current.text)) append(element);
      current.children.push(element);
    }
    stack.push(element);
    current = element;
  });
  parser.on("closetag", () => {
    root = stack.pop();
    current = stack[stack.length - 1];
  });
  parser.on("text", (chunk) => {
    if (!current) return;
    if (current.content) current.content.push(chunk);
    else if (current.children.length > 0 && !blank.test(chunk)) append(chunk);
    current.text += chunk;
  });
  parser.on("cdata", (chunk) => {
    append({ kind: "cdata", value: chunk });
    if (current) current.text += chunk;
  });
  parser.on("comment", (value) => append({ kind: "comment", value }));
  parser.on("processinginstruction", ({ target, body }) =>
    append({ kind: "pi", value: body === "" ? target : `${target} ${body}` }),
  );

  parser.write(start === 0 ? text : text.slice(start)).close();
  return root ?? fail("Document is empty", 1, 0);
}

function skipBlank(text: string): number {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length && text.charCodeAt(at) <= 32 && text.charCodeAt(at) !== 0) at++;
  return at;
}

function contentSoFar(element: OpenElement): XmlNode[] {
  // Text seen before the first child is kept; blanks between children carry nothing.
  return element.text === "" || element.children.length > 0
    ? [...element.children]
    : [element.text, ...element.children];
}

function lookUpPrefix(
  prefix: string,
  own: Record<string, string>,
  stack: readonly OpenElement[],
): string | undefined {
  const key = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
  if (own[key] !== undefined) return own[key];
  for (let i = stack.length - 1; i >= 0; i--) {
    const uri = stack[i]?.attrs[key];
    if (uri !== undefined) return uri;
  }
  return undefined;
}

/** The parser's messages in the words clients know from libxml2, where there is a counterpart. */
function libxmlWording(message: string, stack: readonly OpenElement[]): string {
  const open = stack[stack.length - 1];
  if (/^unclosed tag: /.test(message)) {
    return `Premature end of data in tag ${open?.name ?? message.slice(14)} line ${open?.line ?? 1}`;
  }
  const mismatch = /^unexpected close tag/.test(message) || /^unmatched closing tag: (.*)\.$/.exec(message);
  if (mismatch && open) {
    const got = typeof mismatch === "object" ? mismatch[1] : "";
    return `Opening and ending tag mismatch: ${open.name} line ${open.line} and ${got}`;
  }
  const duplicate = /^duplicate attribute: (.*)\.$/.exec(message);
  if (duplicate) return `Attribute ${duplicate[1]} redefined`;
  if (message.startsWith("undefined entity")) return "Entity not defined";
  if (message.startsWith("disallowed character")) return "Char out of allowed range";
  return message;
}
