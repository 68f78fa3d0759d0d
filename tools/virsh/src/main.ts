import { appendFileSync } from "node:fs";
import {
  type MainOption,
  Output,
  parseMain,
  reportError,
  ShellError,
  tokensOf,
  tokensOfWords,
} from "@libvirt-ts/cli";
import { Connect } from "@libvirt-ts/client";
import { commands } from "./commands.ts";
import { libraryVersion, longVersion, usage } from "./usage.ts";
import { Virsh } from "./virsh.ts";

const mainOptions = {
  connect: { short: "c", long: "connect", takesValue: true },
  debug: { short: "d", long: "debug", takesValue: true },
  escape: { short: "e", long: "escape", takesValue: true },
  help: { short: "h", long: "help" },
  keepaliveInterval: { short: "k", long: "keepalive-interval", takesValue: true },
  keepaliveCount: { short: "K", long: "keepalive-count", takesValue: true },
  log: { short: "l", long: "log", takesValue: true },
  noPkttyagent: { long: "no-pkttyagent" },
  quiet: { short: "q", long: "quiet" },
  readonly: { short: "r", long: "readonly" },
  timing: { short: "t", long: "timing" },
  version: { short: "v" },
  longVersion: { short: "V" },
  versionNamed: { long: "version", takesValue: false },
  json: { long: "json" },
} satisfies Record<string, MainOption>;

const stdout = { write: (text: string) => void process.stdout.write(text) };
const stderr = { write: (text: string) => void process.stderr.write(text) };

/** @returns the exit code */
async function main(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { options, words } = parseMain(mainOptions, argv);
  const given = new Map(options.map(({ name, value }) => [name, value]));
  for (const { name, value } of options) {
    if (name === "help") return print(usage());
    if (name === "version" || name === "versionNamed") return print(`${libraryVersion}\n`);
    if (name === "longVersion") return print(longVersion);
    check(name, value);
  }
  const debug = given.get("debug") ?? env.VIRSH_DEBUG;
  if (debug !== undefined && !/^[0-4]$/.test(debug))
    reportError(
      new ShellError(`ignoring debug level ${debug} out of range [0-4]`),
      new Output({ stdout, stderr }),
    );
  const log = given.get("log");
  const output = new Output({
    stdout,
    stderr: log === undefined ? stderr : both(stderr, log),
    json: given.has("json"),
    quiet: given.has("quiet"),
  });
  const interval = Number(given.get("keepaliveInterval") ?? 5);
  const shell = new Virsh({
    commands,
    output,
    uri: given.get("connect") ?? env.VIRSH_DEFAULT_CONNECT_URI,
    readOnly: given.has("readonly"),
    timing: given.has("timing"),
    escape: escapeOf(given.get("escape") ?? "^]"),
    keepalive: interval > 0 && { interval, count: Number(given.get("keepaliveCount") ?? 6) },
    env,
    open: async (uri, how) => {
      const { openTest } = await import("@libvirt-ts/driver-test"); // only if it is asked for
      return Connect.open(uri, { ...how, env, drivers: { test: openTest } });
    },
  });
  try {
    return await runWords(shell, words);
  } finally {
    await shell.close();
  }
}

async function runWords(shell: Virsh, words: readonly string[]): Promise<number> {
  const [line] = words;
  if (line === undefined) {
    await shell.interact();
    return 0;
  }
  const tokens = words.length === 1 ? tokensOf(line) : tokensOfWords(words);
  if (tokens.length === 0) return 1;
  const { ok } = await shell.run(tokens);
  return ok ? 0 : 1;
}

function print(text: string): number {
  stdout.write(text);
  return 0;
}

/** Errors go to a file too. */
const both = (first: typeof stderr, path: string) => ({
  write(text: string) {
    first.write(text);
    appendFileSync(path, `${new Date().toISOString()} virsh[${process.pid}]: ${text}`);
  },
});

/** @throws ShellError if an option's value is none */
function check(name: string, value: string): void {
  if (name === "keepaliveInterval" && !/^\d{1,9}$/.test(value))
    throw new ShellError("Invalid value for option -k");
  if (name === "keepaliveCount" && !/^\d{1,9}$/.test(value))
    throw new ShellError("Invalid value for option -K");
  if (name === "debug" && !/^-?\d+$/.test(value)) throw new ShellError("option -d takes a numeric argument");
}

/** "^]" is Ctrl-]; one character stands for itself. @throws ShellError if it is neither */
function escapeOf(text: string): number {
  if (text.length === 1) return text.charCodeAt(0);
  if (/^\^[@-_a-z]$/.test(text)) return text.toUpperCase().charCodeAt(1) ^ 0x40;
  throw new ShellError(`Invalid string '${text}' for escape sequence`);
}

process.stdout.on("error", () => process.exit(0)); // whoever reads has had enough
try {
  process.exitCode = await main(process.argv.slice(2), process.env);
} catch (error) {
  reportError(error, new Output({ stdout, stderr }));
  process.exitCode = 1;
}
