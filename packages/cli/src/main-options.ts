import { ShellError } from "./shell-error.ts";

/** An option of a tool itself, before its commands. */
export interface MainOption {
  readonly short?: string;
  readonly long?: string;
  readonly takesValue?: boolean;
}

export interface MainLine<N extends string> {
  /** In the order they were given. */
  readonly options: readonly { readonly name: N; readonly value: string }[];
  /** What is left: a line, or the words of a command. */
  readonly words: readonly string[];
}

/**
 * Takes a tool's arguments apart as getopt does: short options may be written together, a value may stick to its
 * option, and what is no option begins the command.
 * @throws ShellError on what is not declared
 */
export function parseMain<N extends string>(
  declared: Readonly<Record<N, MainOption>>,
  argv: readonly string[],
): MainLine<N> {
  const table = Object.entries<MainOption>(declared) as [N, MainOption][]; // keys are the names
  const options: { name: N; value: string }[] = [];
  let at = 0;
  const take = ([name, { short, long, takesValue }]: [N, MainOption], attached: string | undefined) => {
    if (takesValue !== true) options.push({ name, value: "" });
    else {
      const value = attached ?? argv[++at];
      if (value === undefined)
        throw new ShellError(
          long === undefined
            ? `option '-${short}' requires an argument`
            : `option '-${short}'/'--${long}' requires an argument`,
        );
      options.push({ name, value });
    }
  };
  for (; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (word === "--") return { options, words: argv.slice(at + 1) };
    if (!word.startsWith("-") || word === "-") break;
    if (word.startsWith("--")) {
      const [typed = "", value] = word.slice(2).split(/=(.*)/s);
      const found = longOption(table, typed);
      if (found === undefined || (value !== undefined && found[1].takesValue !== true))
        throw new ShellError(`unsupported option '${word}'. See --help.`);
      take(found, value);
    } else takeShort(word, table, take);
  }
  return { options, words: argv.slice(at) };
}

/** The whole name, or the begin of just one. */
function longOption<N>(table: readonly [N, MainOption][], typed: string): [N, MainOption] | undefined {
  const exact = table.find(([, { long }]) => long === typed);
  const begun = table.filter(([, { long }]) => long?.startsWith(typed));
  return exact ?? (begun.length === 1 ? begun[0] : undefined);
}

function takeShort<N>(
  word: string,
  table: readonly [N, MainOption][],
  take: (found: [N, MainOption], attached: string | undefined) => void,
): void {
  for (let at = 1; at < word.length; at++) {
    const found = table.find(([, { short }]) => short === word.charAt(at));
    if (found === undefined) throw new ShellError(`unsupported option '-${word.charAt(at)}'. See --help.`);
    const rest = word.slice(at + 1);
    if (found[1].takesValue === true) {
      take(found, rest === "" ? undefined : rest);
      return;
    }
    take(found, undefined);
  }
}
