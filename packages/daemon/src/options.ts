/** What the command line asks for. */
export type Command =
  | { kind: "run"; options: DaemonOptions }
  | { kind: "check"; options: DaemonOptions }
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "wrong"; message: string };

export interface DaemonOptions {
  verbose: boolean;
  background: boolean;
  configFile: string | undefined;
  pidFile: string | undefined;
  /** Seconds without clients before the daemon ends; 0 = never. */
  timeoutSeconds: number;
}

/** One option of the command line: for parsing, `--help` and the man page. */
export interface OptionRow {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What its value is. */
  readonly value?: string;
  readonly doc: string;
}

/** The options all daemons share. */
export const options = {
  help: { type: "boolean", short: "h", doc: "Display program help" },
  verbose: { type: "boolean", short: "v", doc: "Verbose messages" },
  daemon: { type: "boolean", short: "d", doc: "Run as a daemon & write PID file" },
  timeout: { type: "string", short: "t", value: "secs", doc: "Exit after timeout period" },
  config: { type: "string", short: "f", value: "file", doc: "Configuration file" },
  "config-check": { type: "boolean", doc: "Check the configuration file and exit" },
  version: { type: "boolean", short: "V", doc: "Display version information" },
  "pid-file": { type: "string", short: "p", value: "file", doc: "Change name of PID file" },
} as const satisfies Record<string, OptionRow>;

/** Reads the options all daemons share. @param argv without program and script */
export function parseCommand(argv: readonly string[]): Command {
  const given = readOptions(argv);
  if (typeof given === "string") return { kind: "wrong", message: given };
  if (given.has("help")) return { kind: "help" };
  if (given.has("version")) return { kind: "version" };
  const timeout = given.get("timeout") ?? "0";
  if (!/^[0-9]{1,9}$/.test(timeout)) return { kind: "wrong", message: "Invalid value for timeout" };
  return {
    kind: given.has("config-check") ? "check" : "run",
    options: {
      verbose: given.has("verbose"),
      background: given.has("daemon"),
      configFile: given.get("config"),
      pidFile: given.get("pid-file"),
      timeoutSeconds: Number(timeout),
    },
  };
}

type OptionName = keyof typeof options;
const rows = Object.entries<OptionRow>(options) as [OptionName, OptionRow][]; // the keys of the table

/**
 * Values by name, as getopt_long reads them: `-vd`, `-t5`, `-t 5`, `--timeout 5`, `--timeout=5`. Not by `parseArgs` of
 * node:util, which takes longer to load than all the rest of this package: 1.5 ms of a start.
 * @returns what is wrong, if anything
 */
function readOptions(argv: readonly string[]): Map<OptionName, string> | string {
  const given = new Map<OptionName, string>();
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    const [, key, rest] = long ?? /^-([^-])(.+)?$/s.exec(word) ?? [];
    if (key === undefined) return `Unexpected argument '${word}'`;
    const [name, row] = rows.find(([name, { short }]) => key === (long ? name : short)) ?? [];
    if (name === undefined || row === undefined) return `Unknown option '${long ? "--" : "-"}${key}'`;
    if (row.type === "string") {
      const value = rest ?? words.shift();
      if (value === undefined) return `Option '${spellings(name, row)} <value>' argument missing`;
      given.set(name, value);
    } else {
      if (long && rest !== undefined) return `Option '${spellings(name, row)}' does not take an argument`;
      given.set(name, "");
      if (rest !== undefined) words.unshift(`-${rest}`);
    }
  }
  return given;
}

const spellings = (name: string, { short }: OptionRow) => `${short ? `-${short}, ` : ""}--${name}`;

/** The options as a command line again, but for `--daemon`. */
export function formatOptions(o: DaemonOptions): string[] {
  return [
    ...(o.verbose ? ["--verbose"] : []),
    ...(o.configFile === undefined ? [] : [`--config=${o.configFile}`]),
    ...(o.pidFile === undefined ? [] : [`--pid-file=${o.pidFile}`]),
    `--timeout=${o.timeoutSeconds}`,
  ];
}

export function usage(o: {
  name: string;
  summary: string;
  config: string;
  pid: string;
  sockets: readonly string[];
}): string {
  return `Usage:
  ${o.name} [options]

${o.summary}

Options:
${Object.entries<OptionRow>(options)
  .map(([name, row]) => `  ${usageLine(name, row)}`)
  .join("\n")}

Default paths:
  Configuration file (unless overridden by -f):
    ${o.config}
  Sockets:
${o.sockets.map((path) => `    ${path}`).join("\n")}
  PID file (unless overridden by -p):
    ${o.pid}
`;
}

function usageLine(name: string, { short, value, doc }: OptionRow): string {
  const left = `${short ? `-${short} | ` : "     "}--${name}${value ? ` <${value}>` : ""}`;
  return `${left.padEnd(22)} ${doc}`;
}
