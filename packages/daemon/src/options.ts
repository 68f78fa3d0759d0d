import { parseArgs } from "node:util";

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
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    values = parseArgs({ args: [...argv], options, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: "wrong", message: (error.message.split(". ")[0] ?? "").replace(/\.$/, "") };
  }
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const timeout = values.timeout ?? "0";
  if (!/^[0-9]{1,9}$/.test(timeout)) return { kind: "wrong", message: "Invalid value for timeout" };
  return {
    kind: values["config-check"] ? "check" : "run",
    options: {
      verbose: values.verbose ?? false,
      background: values.daemon ?? false,
      configFile: values.config,
      pidFile: values["pid-file"],
      timeoutSeconds: Number(timeout),
    },
  };
}

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
