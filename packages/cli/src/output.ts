import { camel } from "./command.ts";
import { formatTable } from "./table.ts";

/** Where text goes. */
export interface Sink {
  write(text: string): void;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Results as JSON, one value for each command. */
  readonly json?: boolean;
  /** Results and errors alone. */
  readonly quiet?: boolean;
}

/**
 * What a command has to say. It says what it is (a table, named values, a text, that something was done), so that it
 * can be told to people and to programs.
 */
export class Output {
  readonly isJson: boolean;
  quiet: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  #parts: Json[] = [];

  constructor({ stdout, stderr, json = false, quiet = false }: OutputOptions) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.isJson = json;
    this.quiet = quiet;
  }

  /** A text as it is, no line end added. */
  text(text: string): void {
    if (this.isJson) this.#parts.push(text.replace(/\n+$/, ""));
    else this.#stdout.write(text);
  }

  line(text = ""): void {
    this.text(`${text}\n`);
  }

  /** Blanks and lines that only people need. */
  gap(text = "\n"): void {
    if (!this.isJson) this.#stdout.write(text);
  }

  /** That something was done; not if only results are wanted. */
  done(text: string): void {
    if (this.isJson) this.#parts.push({ message: text.trim() });
    else this.extra(`${text}\n`);
  }

  /** Text that is left out when only results are wanted. */
  extra(text: string): void {
    if (!this.isJson && !this.quiet) this.#stdout.write(text);
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    if (this.isJson) {
      const keys = header.map(jsonKey);
      this.#parts.push(rows.map((row) => Object.fromEntries(keys.map((key, at) => [key, row[at] ?? ""]))));
    } else this.#stdout.write(formatTable(header, rows, !this.quiet));
  }

  /** Named values, one a line. @param width of the names; 0: "name=value" */
  fields(rows: readonly (readonly [name: string, value: string])[], width = 15): void {
    if (this.isJson) {
      const named = rows.map(([name, value]): [string, Json] => [width === 0 ? name : jsonKey(name), value]);
      this.#parts.push(Object.fromEntries(named));
    } else for (const [name, value] of rows) this.#stdout.write(`${name.padEnd(width)} ${value}\n`);
  }

  /** One row of such values. */
  field(name: string, value: string, width = 15): void {
    this.fields([[name, value]], width);
  }

  /** Another text for people than for programs. */
  value(text: string, value: Json): void {
    if (this.isJson) this.#parts.push(value);
    else this.#stdout.write(text);
  }

  error(text: string): void {
    this.#stderr.write(`error: ${text}\n`);
  }

  /** Ends what one command says. */
  flush(): void {
    if (!this.isJson) return;
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length === 0) return;
    this.#stdout.write(`${JSON.stringify(joined(parts), null, 2)}\n`);
  }
}

const isObject = (part: Json): part is { readonly [key: string]: Json } =>
  typeof part === "object" && part !== null && !Array.isArray(part);

/** Named values of one command make one object, unless a name comes twice. */
function joined(parts: readonly Json[]): Json {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  if (!parts.every(isObject)) return parts;
  const keys = parts.flatMap((part) => Object.keys(part));
  return new Set(keys).size === keys.length ? Object.assign({}, ...parts) : parts;
}

/** "Max memory:" is `maxMemory`, "CPU(s):" is `cpus`. */
export function jsonKey(title: string): string {
  const words = title
    .replace(/[()]/g, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const [first = "", ...rest] = words;
  const start = /^[A-Z][A-Z0-9]*s?$/.test(first)
    ? first.toLowerCase()
    : first.charAt(0).toLowerCase() + first.slice(1);
  return camel([start, ...rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join(""));
}
