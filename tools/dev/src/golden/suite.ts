import type { XmlElement } from "@libvirt-ts/xml";
import type { Corpus, Row } from "./corpus.ts";

/** What a suite made of one case. */
export interface Outcome {
  /** Results by the names of the case's `expected`. */
  readonly got?: { readonly [name: string]: string };
  /** Message of the error that ended it. */
  readonly error?: string;
  /** Verdicts on parts of the work, for the breakdown; they do not decide. */
  readonly steps?: { readonly [step: string]: boolean };
}

/** How the cases of one suite are run. One file each in `suites/`, named after the suite. */
export interface Suite {
  run(row: Row, corpus: Corpus): Outcome | Promise<Outcome>;
  /** Whether the case keeps to a width; counted with `--width`. Without one: to what is modelled so far. */
  withinWidth?(row: Row, corpus: Corpus, width?: Width): boolean;
}

export interface Verdict {
  readonly case: string;
  readonly passed: boolean;
  /** First difference, when it failed. */
  readonly why?: string;
  readonly steps?: Outcome["steps"];
}

/** Compares an outcome with what the case expects. */
export function judge(row: Row, outcome: Outcome, corpus: Corpus): Verdict {
  const why = complaint(row, outcome, corpus);
  return {
    case: row.case,
    passed: why === undefined,
    ...(why !== undefined && { why }),
    ...(outcome.steps && { steps: outcome.steps }),
  };
}

function complaint(row: Row, { got = {}, error }: Outcome, corpus: Corpus): string | undefined {
  const expected = row.expected ?? {};
  if (row.outcome === "ok") {
    if (error !== undefined) return `failed: ${error}`;
  } else if (error === undefined)
    return `expected an error${expected.err === undefined ? "" : `: ${corpus.expected(expected.err).trim()}`}`;
  // Later results build on the XML: its difference is the one to look at.
  const names = Object.keys(expected).sort((a, b) => Number(a === "args") - Number(b === "args"));
  for (const name of names) {
    const value = expected[name];
    if (row.outcome === "parse-error" && name !== "err") continue;
    const mine = name === "err" && error !== undefined ? error : got[name];
    if (mine === undefined) return `no result '${name}'`;
    const difference = firstDifference(ended(mine), corpus.expected(value));
    if (difference !== undefined) return `${name} ${difference}`;
  }
  return undefined;
}

const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** The first line that differs, with both versions. */
export function firstDifference(got: string, expected: string): string | undefined {
  if (got === expected) return undefined;
  const mine = got.split("\n");
  const theirs = expected.split("\n");
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    if (mine[i] !== theirs[i])
      return `line ${i + 1}:\n    got      ${mine[i] ?? "(end)"}\n    expected ${theirs[i] ?? "(end)"}`;
  }
  return "differs";
}

/**
 * A part of a language: paths of elements from the root (`domain/os/boot`; `domain/cpu/**` for all below) and, where
 * only some values count, `domain/devices/disk@type` with those.
 */
export interface Width {
  readonly elements: readonly string[];
  readonly values: { readonly [attribute: string]: readonly string[] };
}

/** Whether an element and all below it stay within. */
export function isWithin(element: XmlElement, width: Width, parent = ""): boolean {
  const path = parent === "" ? element.name : `${parent}/${element.name}`;
  const covered = width.elements.some((each) =>
    each.endsWith("/**") ? `${path}/`.startsWith(each.slice(0, -2)) : each === path,
  );
  if (!covered) return false;
  for (const [name, value] of Object.entries(element.attrs)) {
    const known = width.values[`${path}@${name}`];
    if (known && !known.includes(value)) return false;
  }
  return element.children.every((child) => isWithin(child, width, path));
}
