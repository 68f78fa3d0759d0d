import { closeSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

/**
 * A table of JSON values in one file, true at any moment a process may end: each change is one line, and when there
 * are many, the whole is written anew and put in place by rename.
 * Nothing is flushed to disk: it outlives the process, not the machine, and says in its first line whose boot it is of.
 */
export class TableFile {
  readonly #path: string;
  readonly #boot: string;
  readonly #values: Map<string, unknown>;
  /** Of what we wrote; the file an earlier process left stays as it is until something changes. */
  #fd: number | undefined;
  #lines = 0;

  private constructor(path: string, boot: string, values: Map<string, unknown>) {
    this.#path = path;
    this.#boot = boot;
    this.#values = values;
  }

  /**
   * @param boot id of this boot: what was written in another one is forgotten
   * @throws Error of node:fs
   */
  static open(path: string, boot: string): TableFile {
    return new TableFile(path, boot, parse(read(path), boot));
  }

  /** In the order they were first set. */
  entries(): IterableIterator<[key: string, value: unknown]> {
    return this.#values.entries();
  }

  /** @param value plain JSON @throws Error of node:fs; the table is as before then */
  set(key: string, value: unknown): void {
    this.#append(`${JSON.stringify([key, value])}\n`);
    this.#values.set(key, value);
  }

  /** Unknown keys are fine. @throws Error of node:fs; the table is as before then */
  delete(key: string): void {
    if (!this.#values.has(key)) return;
    this.#append(`${JSON.stringify([key])}\n`);
    this.#values.delete(key);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  #append(line: string): void {
    const mine = this.#fd;
    if (mine === undefined || this.#lines > 1024 + 4 * this.#values.size) {
      this.#fd = this.#rewrite();
      if (mine !== undefined) closeSync(mine);
    }
    const length = Buffer.byteLength(line);
    this.#lines += 1;
    if (writeSync(this.#fd ?? -1, line) !== length) {
      this.#lines = Number.POSITIVE_INFINITY; // half a line: the next change begins the file anew
      throw new Error(`no room for ${this.#path}`);
    }
  }

  #rewrite(): number {
    const temporary = `${this.#path}.new`;
    const fd = openSync(temporary, "w", 0o600);
    const lines = [{ boot: this.#boot }, ...this.#values].map((entry) => `${JSON.stringify(entry)}\n`);
    const bytes = Buffer.from(lines.join(""));
    try {
      if (writeSync(fd, bytes) !== bytes.length) throw new Error(`no room for ${temporary}`);
      renameSync(temporary, this.#path);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#lines = 0;
    return fd;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ""; // readFileSync throws nothing else
    throw error;
  }
}

/** The last line of a process that was killed may be cut: then nobody was told of the change. */
function parse(text: string, boot: string): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const [head, ...lines] = text.split("\n").slice(0, -1);
  const first = parseLine(head);
  if (typeof first !== "object" || first === null || !("boot" in first) || first.boot !== boot) return values;
  for (const line of lines) {
    const entry = parseLine(line);
    if (!Array.isArray(entry) || typeof entry[0] !== "string") continue;
    if (entry.length === 1) values.delete(entry[0]);
    else values.set(entry[0], entry[1]);
  }
  return values;
}

function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? "");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
