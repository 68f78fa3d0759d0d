import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { domains } from "./virsh-text/domains.ts";
import { grammar } from "./virsh-text/grammar.ts";
import { normal } from "./virsh-text/normal.ts";
import { lineOf, type Session } from "./virsh-text/rows.ts";
import { once, ours, type Shell, session, theirs } from "./virsh-text/run.ts";

/*
 * The real virsh and ours run the same lines on test:///default; what they print is compared line by line.
 */

const sessions = [...domains];

function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), "virsh-text-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

async function answers(
  { rows, files }: Session,
  shell: Shell,
  options: readonly string[],
): Promise<string[]> {
  const cwd = folderWith(files);
  const texts = await session(shell, rows.map(lineOf), { cwd, options });
  return texts.map((text) => normal(text.replaceAll(cwd, "DIR")));
}

test.each(
  sessions.flatMap((each) => [
    [each.name, each, [] as string[]] as const,
    [`${each.name}, quietly`, each, ["-q"]] as const,
  ]),
)("%s", async (_name, each, options) => {
  const [expected, found] = await Promise.all([answers(each, theirs, options), answers(each, ours, options)]);
  const shown = (texts: readonly string[], differing: boolean) =>
    each.rows.map((row, at) => {
      const isDifferent = typeof row !== "string";
      return `$ ${lineOf(row)}\n${isDifferent !== differing ? "" : texts[at]}`;
    });
  expect(shown(found, false)).toEqual(shown(expected, false));
  each.rows.forEach((row, at) => {
    if (typeof row !== "string") expect(found[at], `${row.line}: differs no more`).not.toBe(expected[at]);
  });
});

test.each(grammar.map((words) => [words.join(" | "), words] as const))("%s", async (_name, words) => {
  const cwd = folderWith();
  const [expected, found] = await Promise.all([once(theirs, words, { cwd }), once(ours, words, { cwd })]);
  expect(found).toEqual(expected);
});

test("there are enough of them", () => {
  const lines = sessions.flatMap(({ rows }) => rows.map(lineOf));
  expect(new Set(lines).size + grammar.length).toBeGreaterThanOrEqual(40);
});
