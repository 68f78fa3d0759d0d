import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One case: a line of `manifest/SUITE.jsonl`. Fields beyond these belong to single suites. */
export interface Row {
  readonly suite: string;
  readonly case: string;
  readonly outcome: "ok" | "parse-error" | "failure";
  readonly input?: Ref;
  readonly inputs?: unknown;
  readonly expected?: { readonly [name: string]: unknown };
  readonly arch?: string;
  readonly flags?: readonly string[];
  readonly parseFlags?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly [field: string]: unknown;
}

/** A file below the corpus, text in place, or a file that must not exist. */
export type Ref = string | { readonly inline: string } | { readonly missing: string };

/** A corpus folder in the layout its README describes. */
export class Corpus {
  readonly root: string;
  readonly #texts = new Map<string, string>();

  constructor(root: string) {
    if (!existsSync(join(root, "manifest"))) throw new Error(`${root} has no manifest folder`);
    this.root = root;
  }

  suites(): string[] {
    return readdirSync(join(this.root, "manifest"))
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => name.slice(0, -6))
      .sort();
  }

  rows(suite: string): Row[] {
    const lines = readFileSync(join(this.root, "manifest", `${suite}.jsonl`), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row); // the README's format
  }

  /** Text of a file below the corpus; kept for the next time. */
  file(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readFileSync(join(this.root, path), "utf8");
      this.#texts.set(path, text);
    }
    return text;
  }

  /** Text of an input. A file that is meant to be missing fails as it would for the tool. */
  text(ref: Ref | undefined): string {
    if (ref === undefined) throw new Error("the case has no input");
    if (typeof ref === "string") return this.file(ref);
    if ("inline" in ref) return ref.inline;
    throw new Error(`Failed to open file 'ABS_SRCDIR/${ref.missing}': No such file or directory`);
  }

  /** The text an expected result stands for, as it is compared. */
  expected(value: unknown): string {
    if (typeof value !== "string") {
      if (typeof value === "object" && value !== null && "inline" in value) return String(value.inline);
      return `${JSON.stringify(value)}\n`;
    }
    if (!value.startsWith("files/")) return `${value}\n`;
    const text = this.file(value);
    return keepsWrapping.test(value) ? text : text.replaceAll("\\\n", "");
  }
}

const keepsWrapping = /\.(args|argv|ldargs|iptables|nftables|out)$|mdevctl-list-.*\.out\.xml$/;
