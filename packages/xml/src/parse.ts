import { ErrorDomain } from "@libvirt-ts/errors";
import { malformed, type Origin } from "./errors.ts";
import type { XmlElement, XmlNode } from "./tree.ts";

export interface ParseXmlOptions {
  /** Path of the file it is, told in errors. */
  readonly file?: string;
  /** Who speaks when it is not well formed. */
  readonly errorDomain?: ErrorDomain;
  /** Longest document in characters. */
  readonly maxLength?: number;
  /** Deepest nesting of elements. */
  readonly maxDepth?: number;
}

interface OpenElement {
  readonly tag: string;
  readonly name: string;
  readonly prefix: string;
  readonly ns: string;
  readonly attrs: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
  content: XmlNode[] | undefined;
  readonly line: number;
  readonly column: number;
}

/** Names of attributes that were met, as one string each however often they occur. */
const keptNames = new Map<string, string>();
const mostKept = 1000;
const longestKept = 32;

const noAttrs: Record<string, string> = Object.freeze({}) as Record<string, string>; // never written to
const noChildren: XmlElement[] = [];
/** What XML does not allow, and halves of surrogate pairs, which need a closer look. */
const suspectChar = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/;
const badChar =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const entities: { readonly [name: string]: string } = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };
/** Runs of name characters; the first character is looked at apart. */
const nameAt =
  /[\w:.\-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\ud800-\udfff]+/y;
const startsName =
  /^[A-Za-z_:\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\ud800-\udfff]/;

/**
 * Parses a document into a tree with positions, in one pass over the text.
 *
 * Refused: document type declarations (hence entities beyond the five of XML), characters XML does not
 * allow (NUL), nesting and length beyond the bounds.
 * @throws VirError XML/XML_DETAIL with line, offending text and pointer
 */
export function parseXml(text: string, options: ParseXmlOptions = {}): XmlElement {
  const { file, errorDomain = ErrorDomain.XML, maxLength = 16_777_216, maxDepth = 256 } = options;
  return new Scanner(text, { file, errorDomain }, maxDepth).document(maxLength);
}

const notUtf8 = "\ufffd";

/**
 * The text of a file. The first byte that is no UTF-8 stands as U+DC00 plus its value, for `parseXml` to refuse where
 * it is.
 */
export function decodeXml(bytes: Buffer): string {
  const text = bytes.toString();
  for (let at = text.indexOf(notUtf8); at >= 0; at = text.indexOf(notUtf8, at + 1)) {
    const offset = Buffer.byteLength(text.slice(0, at));
    // Written as such it is a character like others.
    if (bytes.subarray(offset, offset + 3).equals(Buffer.from(notUtf8))) continue;
    return `${text.slice(0, at)}${String.fromCharCode(0xdc00 + (bytes[offset] ?? 0))}${text.slice(at + 1)}`;
  }
  return text;
}

/** Line and column of growing offsets, counted only as far as asked. */
class Scanner {
  readonly #text: string;
  readonly #origin: Origin;
  readonly #maxDepth: number;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  /** Where the line that was reached ends; looked for once a line, which may be long. */
  #lineEnd: number;
  readonly #stack: OpenElement[] = [];

  constructor(text: string, origin: Origin, maxDepth: number) {
    this.#text = text;
    this.#lineEnd = this.#endOfLine(0);
    this.#origin = origin;
    this.#maxDepth = maxDepth;
  }

  document(maxLength: number): XmlElement {
    const text = this.#text;
    if (text.length > maxLength) this.#fail(`Document is longer than ${maxLength} characters`, 0);
    const bad = suspectChar.test(text) ? badChar.exec(text) : null;
    if (bad) this.#fail(complaintAbout(text, bad.index), bad.index);
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
    this.#skipBlank();
    if (this.#at === text.length) this.#fail("Document is empty", this.#at);
    if (text.startsWith("<?xml", this.#at)) this.#skipTo("?>", "parsing XML declaration: '?>' expected");
    this.#outside();
    if (text.charCodeAt(this.#at) !== 60) this.#fail("Start tag expected, '<' not found", this.#at);
    const root = this.#elements();
    this.#outside();
    if (this.#at < text.length) this.#fail("Extra content at the end of the document", this.#at);
    return root;
  }

  /** Blanks, comments and processing instructions around the root. */
  #outside(): void {
    const text = this.#text;
    for (;;) {
      this.#skipBlank();
      if (text.startsWith("<!--", this.#at)) this.#comment();
      else if (text.startsWith("<?", this.#at)) this.#skipTo("?>", "PI is not closed");
      else if (text.startsWith("<!", this.#at))
        this.#fail("Document type declarations are not accepted", this.#at);
      else return;
    }
  }

  #elements(): XmlElement {
    const text = this.#text;
    const stack = this.#stack;
    for (;;) {
      // At "<".
      const next = text.charCodeAt(this.#at + 1);
      let current = stack[stack.length - 1];
      if (next === 47) {
        if (this.#endTag() && current && stack.length === 0) return current;
      } else if (next === 33 && current) {
        this.#bang(current);
      } else if (next === 63 && current) {
        const from = this.#at + 2;
        this.#skipTo("?>", "PI is not closed");
        append(current, { kind: "pi", value: text.slice(from, this.#at - 2) });
      } else {
        const opened = this.#startTag();
        if (text.charCodeAt(this.#at - 2) === 47) {
          if (stack.length === 0) return opened;
        } else stack.push(opened);
      }
      current = stack[stack.length - 1];
      if (!current) continue;
      const from = this.#at;
      const to = text.indexOf("<", from);
      if (to < 0) this.#fail(`Premature end of data in tag ${current.tag} line ${current.line}`, text.length);
      if (to > from) this.#characters(current, from, to);
      this.#at = to;
    }
  }

  #characters(current: OpenElement, from: number, to: number): void {
    const written = this.#text.slice(from, to);
    if (isBlank(written)) {
      // Blanks between elements are layout; blanks alone in an element are its text.
      if (current.children.length === 0) current.text += written;
      current.content?.push(written);
      return;
    }
    if (written.includes("]]>"))
      this.#fail("Sequence ']]>' not allowed in content", from + written.indexOf("]]>"));
    const chunk = this.#decode(written, from);
    if (current.content || current.children.length > 0) append(current, chunk);
    current.text += chunk;
  }

  #startTag(): OpenElement {
    const text = this.#text;
    const stack = this.#stack;
    const tagAt = this.#at + 1;
    if (stack.length >= this.#maxDepth)
      this.#fail(`Excessive depth in document: ${this.#maxDepth}`, this.#at);
    this.#at = tagAt;
    const tag = this.#name("StartTag: invalid element name");
    let attrs = noAttrs;
    for (;;) {
      const before = this.#at;
      this.#skipBlank();
      const char = text.charCodeAt(this.#at);
      if (char === 62) {
        this.#at++;
        break;
      }
      if (char === 47 && text.charCodeAt(this.#at + 1) === 62) {
        this.#at += 2;
        break;
      }
      if (before === this.#at)
        this.#fail(
          this.#at >= text.length
            ? `Couldn't find end of Start Tag ${tag} line ${this.#lineOf(tagAt)}`
            : "attributes construct error",
          this.#at,
        );
      const name = this.#attrName(tag);
      this.#skipBlank();
      if (text.charCodeAt(this.#at) !== 61)
        this.#fail(`Specification mandates value for attribute ${name}`, this.#at);
      this.#at++;
      this.#skipBlank();
      const quote = text[this.#at];
      if (quote !== "'" && quote !== '"') this.#fail("AttValue: \" or ' expected", this.#at);
      const from = this.#at + 1;
      const to = text.indexOf(quote ?? "", from);
      if (to < 0) this.#fail("AttValue: ' expected", text.length);
      const written = text.slice(from, to);
      if (attrs === noAttrs) attrs = {};
      if (Object.hasOwn(attrs, name)) this.#fail(`Attribute ${name} redefined`, to + 1);
      const value = special.test(written) ? this.#attrValue(written, from) : written;
      if (name === "__proto__") Object.defineProperty(attrs, name, { value, enumerable: true });
      else attrs[name] = value;
      this.#at = to + 1;
    }
    return this.#open(tag, attrs, tagAt);
  }

  /** A value that holds more than plain characters. */
  #attrValue(written: string, from: number): string {
    const less = written.indexOf("<");
    if (less >= 0) this.#fail("Unescaped '<' not allowed in attributes values", from + less);
    return this.#decode(written.replace(/\r\n|[\t\n\r]/g, " "), from);
  }

  #open(tag: string, attrs: Record<string, string>, tagAt: number): OpenElement {
    const parent = this.#stack[this.#stack.length - 1];
    const colon = tag.indexOf(":");
    const prefix = colon < 0 ? "" : tag.slice(0, colon);
    let ns = parent === undefined || parent.prefix !== prefix ? this.#namespace(prefix) : parent.ns;
    if (attrs !== noAttrs) ns = attrs[prefix === "" ? "xmlns" : `xmlns:${prefix}`] ?? ns;
    const opened: OpenElement = {
      tag,
      // A prefix nobody declared is part of the name, as for libxml2.
      name: colon < 0 || ns === undefined ? tag : tag.slice(colon + 1),
      prefix: ns === undefined ? "" : prefix,
      ns: ns ?? "",
      attrs,
      children: this.#text.charCodeAt(this.#at - 2) === 47 ? noChildren : [],
      text: "",
      content: undefined,
      line: this.#lineOf(tagAt),
      column: tagAt - 1 - this.#lineStart,
    };
    if (parent) {
      if (parent.content) parent.content.push(opened);
      else if (parent.text !== "" && !isBlank(parent.text)) append(parent, opened);
      parent.children.push(opened);
    }
    return opened;
  }

  #namespace(prefix: string): string | undefined {
    if (prefix === "xml") return "http://www.w3.org/XML/1998/namespace";
    const key = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
    for (let i = this.#stack.length - 1; i >= 0; i--) {
      const uri = this.#stack[i]?.attrs[key];
      if (uri !== undefined) return uri;
    }
    return undefined;
  }

  #endTag(): true {
    const text = this.#text;
    const from = this.#at;
    const current = this.#stack.pop();
    this.#at = from + 2;
    if (current && text.startsWith(current.tag, this.#at)) {
      this.#at += current.tag.length;
      if (text.charCodeAt(this.#at) !== 62) this.#skipBlank();
      if (text.charCodeAt(this.#at) === 62) {
        this.#at++;
        return true;
      }
    }
    this.#at = from + 2;
    const got = this.#name("expected '>'");
    const message = `Opening and ending tag mismatch: ${current?.tag} line ${current?.line} and ${got}`;
    return this.#fail(message, Math.min(text.length, this.#at + 1));
  }

  #bang(current: OpenElement): void {
    const text = this.#text;
    const from = this.#at;
    if (text.startsWith("<!--", from)) {
      append(current, { kind: "comment", value: this.#comment() });
    } else if (text.startsWith("<![CDATA[", from)) {
      this.#skipTo("]]>", "CData section not finished");
      const value = text.slice(from + 9, this.#at - 3);
      append(current, { kind: "cdata", value });
      current.text += value;
    } else this.#fail("StartTag: invalid element name", from + 1);
  }

  #comment(): string {
    const from = this.#at + 4;
    this.#at = from;
    this.#skipTo("-->", "Comment not terminated");
    return this.#text.slice(from, this.#at - 3);
  }

  #name(message: string): string {
    const text = this.#text;
    const from = this.#at;
    let at = from;
    while (isPlainNameChar(text.charCodeAt(at))) at++;
    const next = text.charCodeAt(at);
    if (at > from && next < 128 && isPlainNameStart(text.charCodeAt(from))) {
      this.#at = at;
      return text.slice(from, at);
    }
    nameAt.lastIndex = this.#at;
    const name = nameAt.exec(this.#text)?.[0];
    if (name === undefined || !startsName.test(name)) return this.#fail(message, this.#at);
    this.#at += name.length;
    return name;
  }

  /** Of most attributes the name was met before: looking it up is cheaper than looking at its characters. */
  #attrName(tag: string): string {
    const text = this.#text;
    const end = text.indexOf("=", this.#at);
    const known =
      end < 0 || end - this.#at > longestKept ? undefined : keptNames.get(text.slice(this.#at, end));
    if (known === undefined) {
      const name = this.#name(`Couldn't find end of Start Tag ${tag}`);
      if (name.length <= longestKept && keptNames.size < mostKept) keptNames.set(name, name);
      return name;
    }
    this.#at = end;
    return known;
  }

  #decode(written: string, from: number): string {
    const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
    if (!text.includes("&")) return text;
    return text.replace(/&([^;&\s]*)(;?)/g, (whole, name: string, end: string, offset: number) => {
      const at = from + offset;
      if (end === "")
        return this.#fail(name === "" ? "xmlParseEntityRef: no name" : "EntityRef: expecting ';'", at);
      if (!name.startsWith("#"))
        return entities[name] ?? this.#fail(`Entity '${name}' not defined`, at + whole.length);
      const code = /^#x[0-9a-fA-F]+$/.test(name)
        ? Number.parseInt(name.slice(2), 16)
        : /^#\d+$/.test(name)
          ? Number(name.slice(1))
          : -1;
      const char = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\0";
      return badChar.test(char)
        ? this.#fail(`xmlParseCharRef: invalid xmlChar value ${Math.max(code, 0)}`, at)
        : char;
    });
  }

  #skipBlank(): void {
    const text = this.#text;
    for (;;) {
      const char = text.charCodeAt(this.#at);
      if (char !== 32 && char !== 10 && char !== 9 && char !== 13) return;
      this.#at++;
    }
  }

  #skipTo(end: string, message: string): void {
    const at = this.#text.indexOf(end, this.#at);
    if (at < 0) this.#fail(message, this.#text.length);
    this.#at = at + end.length;
  }

  #lineOf(offset: number): number {
    while (this.#lineEnd < offset) {
      this.#line++;
      this.#lineStart = this.#lineEnd + 1;
      this.#lineEnd = this.#endOfLine(this.#lineStart);
    }
    return this.#line;
  }

  #endOfLine(from: number): number {
    const end = this.#text.indexOf("\n", from);
    return end < 0 ? this.#text.length : end;
  }

  #fail(message: string, offset: number): never {
    const text = this.#text;
    const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
    const lineEnd = text.indexOf("\n", lineStart);
    let line = 1;
    for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
    const lineText = text === "" ? undefined : text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
    throw malformed(this.#origin, { line, column: offset - lineStart, lineText }, message);
  }
}

/** What is wrong with a character; of bytes that are no UTF-8 each stands as U+DC00 plus its value. */
function complaintAbout(text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (code < 0xdc80 || code > 0xdcff) return `PCDATA invalid Char value ${code}`;
  const bytes = Array.from(text.slice(at, at + 4), (char) => char.charCodeAt(0) & 0xff);
  const shown = bytes.map((byte) => `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`);
  return `Input is not proper UTF-8, indicate encoding !\nBytes: ${shown.join(" ")}`;
}

/** Letters, digits and what else names consist of, as far as ASCII goes. */
const isPlainNameChar = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 45 && code <= 58 && code !== 47) ||
  code === 95;
const isPlainNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 58;

/** In an attribute's value: what stands for something else, or must not stand there. */
const special = /[<&\t\n\r]/;
const notBlank = /[^ \t\r\n]/;
const isBlank = (text: string): boolean => !notBlank.test(text);

function append(element: OpenElement, node: XmlNode): void {
  // Blanks seen so far were layout between children.
  element.content ??= isBlank(element.text) ? [...element.children] : [element.text, ...element.children];
  element.content.push(node);
}
