import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { Corpus } from "./corpus.ts";
import { judge, type Outcome, type Suite, type Verdict, type Width } from "./suite.ts";
import { untouched } from "./untouched.ts";

interface Options {
  corpus?: string;
  suite?: string;
  case?: string;
  json?: string;
  misses?: boolean;
  width?: boolean | string;
  check?: boolean;
  update?: boolean;
  untouched?: boolean;
}

const program = new Command("golden")
  .description("Runs the golden cases of a corpus and counts what passes.")
  .option("--corpus <dir>", "corpus folder (default: $LIBVIRT_CORPUS)")
  .option("--suite <name>", "only this suite")
  .option("--case <name>", "only this case (or those that contain it), with the first differing line")
  .option("--misses", "the first differing line of every miss")
  .option("--json <file>", "write all verdicts")
  .option(
    "--width [file]",
    "also count the cases that use only what is modelled, or only what the file lists",
  )
  .option("--check", "fail if a count is lower than in the scoreboard")
  .option("--untouched", "instead: print what is declared and occurs in no document; the count may only fall")
  .option("--update", "raise the scoreboard to the counts of this run");
program.parse();
const options = program.opts<Options>();

const suitesFolder = new URL("./suites/", import.meta.url);
const scoreboardFile = fileURLToPath(new URL("../../../../tests/golden/scoreboard.json", import.meta.url));
const untouchedFile = fileURLToPath(new URL("../../../../tests/golden/untouched.json", import.meta.url));
type Scoreboard = { [suite: string]: number };

async function loadSuite(name: string): Promise<Suite | undefined> {
  if (!readdirSync(suitesFolder).includes(`${name}.ts`)) return undefined;
  const module = (await import(new URL(`${name}.ts`, suitesFolder).href)) as { suite: Suite }; // each file there exports one
  return module.suite;
}

async function attempt(suite: Suite, ...[row, corpus]: Parameters<Suite["run"]>): Promise<Outcome> {
  try {
    return await suite.run(row, corpus);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function printSteps(verdicts: readonly Verdict[]): void {
  const counts = new Map<string, [passed: number, total: number]>();
  for (const { steps = {} } of verdicts) {
    for (const [step, passed] of Object.entries(steps)) {
      const [p, t] = counts.get(step) ?? [0, 0];
      counts.set(step, [p + (passed ? 1 : 0), t + 1]);
    }
  }
  for (const [step, [passed, total]] of counts) console.log(`  step ${step} ${passed}/${total}`);
}

async function main(): Promise<number> {
  const folder = options.corpus ?? process.env.LIBVIRT_CORPUS;
  if (folder === undefined) {
    console.error("golden: name a corpus with --corpus or LIBVIRT_CORPUS");
    return 2;
  }
  const corpus = new Corpus(folder);
  if (options.untouched) return reportUntouched(corpus);
  const names = corpus.suites().filter((name) => options.suite === undefined || name === options.suite);
  const width =
    typeof options.width === "string"
      ? (JSON.parse(readFileSync(options.width, "utf8")) as Width)
      : undefined; // the file's format
  const all: { [suite: string]: { passed: number; total: number; cases: Verdict[] } } = {};
  for (const name of names) {
    const wanted = options.case;
    const found = corpus.rows(name);
    const exact = found.filter((row) => row.case === wanted);
    const rows =
      wanted === undefined
        ? found
        : exact.length > 0
          ? exact
          : found.filter((row) => row.case.includes(wanted));
    const suite = await loadSuite(name);
    const verdicts: Verdict[] = [];
    const inWidth = new Set<string>();
    if (suite) {
      for (const row of rows) {
        verdicts.push(judge(row, await attempt(suite, row, corpus), corpus));
        if (options.width && suite.withinWidth?.(row, corpus, width)) inWidth.add(row.case);
      }
    }
    const passed = verdicts.filter((verdict) => verdict.passed).length;
    all[name] = { passed, total: rows.length, cases: verdicts };
    if (wanted !== undefined && rows.length === 0) continue;
    console.log(`${name} ${passed}/${rows.length}`);
    printSteps(verdicts);
    if (options.width && suite?.withinWidth) {
      const good = verdicts.filter((verdict) => verdict.passed && inWidth.has(verdict.case)).length;
      console.log(`  within width ${good}/${inWidth.size}`);
    }
    if (wanted !== undefined || options.misses) {
      for (const miss of verdicts) {
        const mark = inWidth.has(miss.case) ? "MISS (within width)" : "MISS";
        if (!miss.passed) console.log(`  ${mark} ${miss.case}: ${miss.why}`);
      }
    }
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(all, undefined, 1)}\n`);
  return keepScore(Object.fromEntries(Object.entries(all).map(([name, { passed }]) => [name, passed])));
}

/** Prints what no document makes use of, and holds its counts against those of the last time. */
function reportUntouched(corpus: Corpus): number {
  const missing = untouched(corpus);
  const counts = Object.fromEntries(Object.entries(missing).map(([schema, list]) => [schema, list.length]));
  for (const [schema, list] of Object.entries(missing)) {
    console.log(`${schema}: ${list.length} untouched`);
    for (const each of list) console.log(`  ${each}`);
  }
  const before = existsSync(untouchedFile)
    ? (JSON.parse(readFileSync(untouchedFile, "utf8")) as Scoreboard) // written below
    : {};
  const grown = Object.entries(counts).filter(([schema, count]) => count > (before[schema] ?? Infinity));
  for (const [schema, count] of grown)
    console.error(`golden: untouched declarations of ${schema} rose from ${before[schema]} to ${count}`);
  if (options.update && grown.length === 0)
    writeFileSync(untouchedFile, `${JSON.stringify(counts, undefined, 2)}\n`);
  return options.check && grown.length > 0 ? 1 : 0;
}

/** Compares with the scoreboard, or raises it. Counts of partial runs say nothing. */
function keepScore(counts: Scoreboard): number {
  if (options.case !== undefined || !(options.check || options.update)) return 0;
  const board: Scoreboard = existsSync(scoreboardFile)
    ? (JSON.parse(readFileSync(scoreboardFile, "utf8")) as Scoreboard) // written below
    : {};
  const dropped = Object.entries(board).filter(([name, count]) => (counts[name] ?? count) < count);
  for (const [name, count] of dropped)
    console.error(`golden: ${name} dropped from ${count} to ${counts[name]}`);
  if (options.update && dropped.length === 0) {
    for (const [name, count] of Object.entries(counts)) if (count > 0) board[name] = count;
    const sorted = Object.fromEntries(Object.entries(board).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(scoreboardFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
  }
  return dropped.length > 0 ? 1 : 0;
}

process.exitCode = await main();
