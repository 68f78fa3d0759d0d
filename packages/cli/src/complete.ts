import { type Commands, realOptions } from "./command.ts";
import type { Option } from "./option.ts";
import { parseCalls } from "./parse.ts";
import { ShellError } from "./shell-error.ts";
import { type Token, tokensOf } from "./tokens.ts";

/**
 * What may stand at the end of a line: names of commands, options that were not given yet, values.
 * @param context what completers of values look at
 * @returns whole words that begin with the last one, which may be empty
 */
export async function complete<C>(
  commands: Commands<C>,
  line: string,
  context: () => Promise<C>,
): Promise<{ candidates: string[]; typed: string }> {
  const { words, typed } = lastCommand(line);
  const begin = (names: readonly string[]) => names.filter((name) => name.startsWith(typed));
  const [name, ...rest] = words;
  if (name === undefined) return { candidates: begin(commands.names), typed };
  const command = commands.find(name);
  if (command === undefined) return { candidates: [], typed };
  const options = realOptions(command);
  const before = rest.at(-1);
  const expecting = before?.startsWith("--") ? options.find(([each]) => `--${each}` === before) : undefined;
  if (expecting !== undefined && expecting[1].kind !== "flag")
    return { candidates: begin(await valuesOf(expecting[1], typed, context)), typed };
  const given = givenBy(commands, words);
  const left = options.filter(([each, { kind }]) => kind === "many" || !given.has(each));
  const flags = left.map(([each]) => `--${each}`);
  if (typed.startsWith("-")) return { candidates: begin(flags), typed };
  const next = left.find(([, { kind, named }]) => kind !== "flag" && !named);
  const values = next === undefined ? [] : begin(await valuesOf(next[1], typed, context));
  return { candidates: typed === "" ? [...values, ...flags] : values, typed };
}

async function valuesOf<C>(
  option: Option<unknown, never>,
  typed: string,
  context: () => Promise<C>,
): Promise<readonly string[]> {
  const { complete } = option as Option<unknown, C>; // it was declared with this context's commands
  if (complete === undefined) return [];
  return complete(await context(), typed);
}

/** The command that is being typed, without its last word. */
function lastCommand(line: string): { words: string[]; typed: string } {
  const tokens = readable(line);
  const words: string[] = [];
  for (const token of tokens) {
    if (token === "end") words.length = 0;
    else words.push(token.word);
  }
  const typed = /[\s;]$|^$/.test(line) ? "" : (words.pop() ?? "");
  return { words, typed };
}

/** Quotes may still be open. */
function readable(line: string): Token[] {
  for (const end of ["", '"', "\\"]) {
    try {
      return tokensOf(line + end);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
    }
  }
  return [];
}

/** What the words fill, as far as they make sense. */
function givenBy<C>(commands: Commands<C>, words: readonly string[]): ReadonlySet<string> {
  const relaxed = commands.find(words[0] ?? "");
  if (relaxed === undefined) return new Set();
  const optional = Object.fromEntries(
    realOptions(relaxed).map(([name, option]) => [name, { ...option, required: false }]),
  );
  const alone = { find: () => ({ ...relaxed, options: optional }) } as unknown as Commands<C>; // all the parser asks
  try {
    const [call] = parseCalls(
      alone,
      words.map((word) => ({ word })),
    );
    return new Set(call?.given.keys());
  } catch (error) {
    if (error instanceof ShellError) return new Set();
    throw error;
  }
}
