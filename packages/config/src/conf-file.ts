import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** A value as written in a file: a whole number, a string, or a list of both (lists nest). */
export type ConfValue = bigint | string | readonly ConfValue[];

/** One `key = value` line; positions count from 1. */
export interface ConfEntry {
  readonly key: string;
  readonly value: ConfValue;
  readonly line: number;
  /** Column of the key. */
  readonly column: number;
  /** Column of the value. */
  readonly valueColumn: number;
}

/** @returns the error of every bad place in a configuration file: `FILE:LINE:COLUMN: what` */
export function confError(file: string, line: number, column: number, what: string): VirError {
  return new VirError(ErrorDomain.CONF, ErrorCode.CONF_SYNTAX, `${file}:${line}:${column}: ${what}`);
}

/**
 * Reads libvirt's configuration grammar: `key = value` a line, `#` comments, values `12`, `'raw'`, `"text"`,
 * `"""several lines"""`, `[ "a", 2 ]` (blanks, comments and line ends are free inside a list). No escapes.
 * @param file name used in errors
 * @returns entries in file order; a key may repeat (readers take the first, as libvirt does)
 * @throws VirError CONF/CONF_SYNTAX with line and column
 */
export function parseConf(text: string, file: string): ConfEntry[] {
  const reader = new ConfReader(text, file);
  const entries: ConfEntry[] = [];
  for (;;) {
    reader.skipBlank(true);
    if (reader.atEnd) return entries;
    entries.push(reader.entry());
  }
}

const keyPattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern = /[+-]?[0-9]+/y;
const inlineBlank = /[ \t]*/y;
const anyBlank = /(?:[ \t\r\n]|#[^\n]*)*/y;
const maxListDepth = 16;

class ConfReader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  entry(): ConfEntry {
    const start = this.#at;
    const key = this.#match(keyPattern) ?? this.#fail("expecting a name");
    this.skipBlank(false);
    if (!this.#take("=")) this.#fail("expecting an assignment");
    this.skipBlank(false);
    const valueStart = this.#at;
    const value = this.#value(0);
    this.skipBlank(false);
    const next = this.#text[this.#at];
    if (next !== undefined && next !== "\n" && next !== "\r" && next !== "#")
      this.#fail("expecting a separator");
    const { line, column } = this.#position(start);
    return { key, value, line, column, valueColumn: this.#position(valueStart).column };
  }

  /** Skips blanks; with `lines` also line ends and comments. */
  skipBlank(lines: boolean): void {
    this.#match(lines ? anyBlank : inlineBlank);
  }

  #value(depth: number): ConfValue {
    const text = this.#text;
    if (text.startsWith('"""', this.#at)) return this.#quoted('"""', true);
    if (text[this.#at] === '"' || text[this.#at] === "'") return this.#quoted(text[this.#at] ?? "", false);
    if (text[this.#at] === "[") return this.#list(depth);
    const number = this.#match(numberPattern);
    return number === undefined ? this.#fail("expecting a value") : BigInt(number.replace("+", ""));
  }

  #quoted(quote: string, lines: boolean): string {
    const start = this.#at + quote.length;
    const end = this.#text.indexOf(quote, start);
    const content = this.#text.slice(start, end);
    if (end < 0 || (!lines && /[\r\n]/.test(content))) this.#fail("unterminated string");
    this.#at = end + quote.length;
    return content;
  }

  #list(depth: number): ConfValue[] {
    if (depth === maxListDepth) this.#fail("lists are nested too deeply");
    const values: ConfValue[] = [];
    this.#at += 1;
    for (;;) {
      this.skipBlank(true);
      if (this.#take("]")) return values;
      values.push(this.#value(depth + 1));
      this.skipBlank(true);
      if (this.#take("]")) return values;
      if (!this.#take(","))
        this.#fail(this.atEnd ? "list is not closed with ]" : "expecting a separator in list");
    }
  }

  #take(char: string): boolean {
    const found = this.#text[this.#at] === char;
    if (found) this.#at += 1;
    return found;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #position(offset: number): { line: number; column: number } {
    const before = this.#text.slice(0, offset);
    return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
  }

  #fail(what: string): never {
    const { line, column } = this.#position(this.#at);
    throw confError(this.#file, line, column, what);
  }
}
