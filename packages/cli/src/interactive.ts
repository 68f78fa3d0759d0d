import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface, type Interface } from "node:readline";

export interface InteractiveOptions {
  readonly input: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  /** Asked before each line. */
  prompt(): string;
  /** Whole words that may stand at the end of a line, and what was typed of the last one. */
  complete(line: string): Promise<{ candidates: string[]; typed: string }>;
  /** @returns whether to go on */
  run(line: string): Promise<boolean>;
  /** Where lines are kept from one time to the next; absent: nowhere. */
  readonly historyFile?: string;
  readonly historySize?: number;
}

/** Reads lines and runs them, until one says that it is over or there are no more. */
export async function interact(options: InteractiveOptions): Promise<void> {
  const { input, output, historyFile, historySize = 500 } = options;
  const isTerminal = input.isTTY === true;
  const history = isTerminal && historyFile !== undefined ? readHistory(historyFile) : [];
  const lines: Interface = createInterface({
    input,
    ...(isTerminal && { output }),
    terminal: isTerminal,
    history: [...history].reverse(), // readline keeps the newest first
    historySize,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      options.complete(line).then(
        ({ candidates, typed }) => done(null, [candidates.map((each) => `${each} `), typed]),
        () => done(null, [[], line]), // nobody to ask is no candidate
      );
    },
  });
  lines.on("SIGINT", () => {
    output.write("\n");
    lines.write(null, { ctrl: true, name: "u" }); // forget what was typed
    lines.prompt();
  });
  const ask = () => {
    lines.setPrompt(options.prompt());
    if (isTerminal) lines.prompt();
  };
  ask();
  for await (const line of lines) {
    if (!isTerminal) output.write(`${options.prompt()}${line}\n`);
    if (line.trim() !== "") {
      history.push(line);
      lines.pause();
      const goesOn = await options.run(line);
      lines.resume();
      if (!goesOn) break;
    }
    ask();
  }
  lines.close();
  if (isTerminal && historyFile !== undefined) writeHistory(historyFile, history.slice(-historySize));
}

function readHistory(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function writeHistory(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
}
