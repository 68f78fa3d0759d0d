import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { definition } from "./virsh-text/definition.ts";
import { devices } from "./virsh-text/devices.ts";
import { hostDevices } from "./virsh-text/devices-of-host.ts";
import { events } from "./virsh-text/events.ts";
import { grammar } from "./virsh-text/grammar.ts";
import { guests } from "./virsh-text/guests.ts";
import { host } from "./virsh-text/host.ts";
import { interfaces } from "./virsh-text/interfaces.ts";
import { lists } from "./virsh-text/lists.ts";
import { monitor } from "./virsh-text/monitor.ts";
import { networks } from "./virsh-text/networks.ts";
import { normal, withoutProse } from "./virsh-text/normal.ts";
import { others } from "./virsh-text/others.ts";
import { lineOf, type Session } from "./virsh-text/rows.ts";
import { once, ours, type Shell, session, theirs } from "./virsh-text/run.ts";
import { saving } from "./virsh-text/saving.ts";
import { snapshots } from "./virsh-text/snapshots.ts";
import { storage } from "./virsh-text/storage.ts";
import { tuning } from "./virsh-text/tuning.ts";

/*
 * The real virsh and ours run the same lines on test:///default; what they print is compared line by line.
 */

const sessions = [
  ...[lists, monitor, host, networks, interfaces, hostDevices, storage, others],
  ...[definition, saving, tuning, devices, guests, snapshots, events],
].flat();

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

/** Those that mostly wait need not wait twice. */
const slow = [...saving, ...events];

test.each(
  sessions.flatMap((each) => [
    [each.name, each, [] as string[]] as const,
    ...(slow.includes(each) ? [] : [[`${each.name}, quietly`, each, ["-q"]] as const]),
  ]),
)("%s", async (_name, each, options) => {
  const [expected, found] = await Promise.all([answers(each, theirs, options), answers(each, ours, options)]);
  const alike = (texts: readonly string[]) =>
    each.rows.map((row, at) => `$ ${lineOf(row)}\n${typeof row === "string" ? texts[at] : "(differs)"}`);
  expect(alike(found)).toEqual(alike(expected));
  each.rows.forEach((row, at) => {
    if (typeof row !== "string") expect(found[at], `${row.line}: differs no more`).not.toBe(expected[at]);
  });
});

test.each(grammar.map((words) => [words.join(" | "), words] as const))(
  "grammar: %s",
  async (_name, words) => {
    const cwd = folderWith();
    const [expected, found] = await Promise.all([once(theirs, words, { cwd }), once(ours, words, { cwd })]);
    expect(found).toEqual(expected);
  },
);

/** Commands of theirs that we do not have. */
const missing = ["lxc-enter-namespace", "migrate"];
/** Options of 9.0's successors, or names of ours. */
const widened = ["capabilities", "domcapabilities"];

test("help: every command with its options", async () => {
  const cwd = folderWith();
  const { text } = await once(theirs, ["help"], { cwd });
  const names = [...text.matchAll(/^ {4}(\S+) /gm)].flatMap(([, name]) => name ?? []);
  expect(names.length).toBeGreaterThan(250);
  const known = names.filter((name) => !missing.includes(name) && !widened.includes(name));
  const lines = known.map((name) => `help ${name}`);
  const [expected, found] = await Promise.all([
    session(theirs, lines, { cwd }),
    session(ours, lines, { cwd }),
  ]);
  const shown = (texts: readonly string[]) =>
    texts.map((each, at) => `$ ${lines[at]}\n${withoutProse(each)}`);
  expect(shown(found)).toEqual(shown(expected));
  for (const name of missing)
    expect((await once(ours, ["help", name], { cwd })).code, `${name} is there now`).toBe(1);
});

test("there are enough of them", () => {
  const lines = new Set(sessions.flatMap(({ rows }) => rows.map(lineOf)));
  expect(lines.size + grammar.length).toBeGreaterThanOrEqual(500);
});
