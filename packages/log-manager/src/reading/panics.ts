import type { LogLine } from "./lines.ts";

/** The end of a guest's system as its console told it. */
export interface Panic {
  readonly kind: PanicKind;
  readonly time: Date;
  /** The line that says what happened. */
  readonly title: string;
  /** Everything that belongs to it. */
  readonly lines: readonly string[];
}

export type PanicKind =
  | "linux-panic"
  | "linux-oops"
  | "uefi-assert"
  | "uefi-exception"
  | "windows-stop"
  | "xen-panic"
  | "bsd-panic";

interface Pattern {
  readonly kind: PanicKind;
  readonly begin: RegExp;
  /** The last line of the report. */
  readonly end?: RegExp;
  /** Lines of a report that has no last line. */
  readonly maxLines: number;
}

/** The first that fits decides; a later line that fits an earlier pattern makes the report one of that kind. */
const patterns: readonly Pattern[] = [
  {
    kind: "linux-panic",
    begin: /Kernel panic - not syncing/,
    end: /---\[ end Kernel panic/,
    maxLines: 400,
  },
  {
    kind: "linux-oops",
    begin:
      /\bBUG: |\bOops(?: - \w+)?: |general protection fault|Unable to handle kernel|kernel BUG at|Internal error: |watchdog: BUG: soft lockup/,
    end: /---\[ end trace/,
    maxLines: 400,
  },
  { kind: "uefi-assert", begin: /^\s*ASSERT(?:_\w+)? .*\(\d+\): /, maxLines: 1 },
  {
    kind: "uefi-exception",
    begin: /^!!!! .* Exception Type - /,
    end: /^!!!! (?:Find image|Can't find image)/,
    maxLines: 60,
  },
  { kind: "windows-stop", begin: /\*\*\* STOP: 0x[0-9A-Fa-f]{8}|^\s*Stop code:? /, maxLines: 20 },
  { kind: "xen-panic", begin: /^\(XEN\) Panic on CPU/, end: /^\(XEN\) Reboot in/, maxLines: 100 },
  { kind: "bsd-panic", begin: /^panic: /, end: /^(?:KDB: enter|Uptime: )/, maxLines: 100 },
];

/** An oops often becomes a panic this many lines later. */
const graceLines = 40;

interface OpenReport {
  pattern: Pattern;
  time: Date;
  title: string;
  lines: string[];
  /** Lines up to the last one. */
  complete: number | undefined;
}

/** Picks reports of crashed systems out of a console's lines. */
export class PanicFinder {
  #open: OpenReport | undefined;

  /** @returns the report that is complete with this line */
  push({ kind, text, time }: LogLine): Panic | undefined {
    if (kind !== "line") return this.flush();
    const pattern = patterns.find(({ begin }) => begin.test(text));
    const open = this.#open;
    if (!open) {
      if (!pattern) return undefined;
      this.#open = { pattern, time, title: text, lines: [text], complete: undefined };
      return pattern.maxLines === 1 ? this.flush() : undefined;
    }
    open.lines.push(text);
    if (pattern && patterns.indexOf(pattern) < patterns.indexOf(open.pattern)) {
      open.pattern = pattern;
      open.title = text;
      open.complete = undefined;
    } else if (pattern === open.pattern) open.complete = undefined;
    if (open.pattern.end?.test(text)) {
      open.complete = open.lines.length;
      if (open.pattern.kind !== "linux-oops") return this.flush();
    }
    const since = open.lines.length - (open.complete ?? open.lines.length);
    return since >= graceLines || open.lines.length >= open.pattern.maxLines ? this.flush() : undefined;
  }

  /** Nothing more comes for now. @returns what there is of a report */
  flush(): Panic | undefined {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return undefined;
    const { pattern, time, title, lines, complete } = open;
    return { kind: pattern.kind, time, title: title.trim(), lines: lines.slice(0, complete) };
  }
}
