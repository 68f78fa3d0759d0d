import { accessSync, constants } from "node:fs";
import { type LogRange, LogReader } from "@libvirt-ts/log-manager/reading";
import { userRuntimeDirectory } from "@libvirt-ts/util/user-directories";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Context, grep, info, type LogContext, list, panics, replay, show, wait } from "./commands.ts";
import { parseWhen } from "./when.ts";
import { chooseLog } from "./which-log.ts";

/** What scripts see: 0 found, 1 not found or too late, 2 it could not be done. */
const exitNot = 1;
const exitFailed = 2;

const program = new Command("virt-log")
  .description("Shows, follows and searches the logs of guests, by name of the guest or path of the log.")
  .option("-s, --socket <path>", "virtlogd's admin or readers' socket")
  .option("--json", "machine-readable output", false)
  .option("-q, --qemu", "the log of QEMU itself, where a guest has others", false)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitFailed));

program
  .command("list")
  .argument("[domain]")
  .description("list logs")
  .action((domain?: string) => list(context(), domain));

inRange("info", "files of a log and starts of its guest").action(
  async (domain: string, options: RangeOptions) => info(await logContext(domain, options)),
);

inRange("show", "print a log or a part of it")
  .option("-t, --timestamps", "when each line came", false)
  .action(async (domain: string, options: RangeOptions & { timestamps: boolean }) =>
    show(await logContext(domain, options), options),
  );

inRange("follow", "print what comes, over restarts of guest and daemon")
  .option("-t, --timestamps", "when each line came", false)
  .action(async (domain: string, options: RangeOptions & { timestamps: boolean }) =>
    show(await logContext(domain, { tail: 4096n, ...options }), {
      ...options,
      follow: true,
      signal: interrupted(),
    }),
  );

program
  .command("attach")
  .argument("<domain>", "name of the guest")
  .description("type into a guest's console, and see what it said before; control-] leaves it")
  .option("--replay <KiB>", "how much of what was said before", positive, 16)
  .option("-c, --connect <uri>", "of the daemon that runs the guest", "qemu:///system")
  .option("--force", "take the console from whoever has it", false)
  .action(async (domain: string, { replay: kib, connect: uri, force }: AttachFlags) => {
    const { reader, path } = await logContext(domain, {});
    const replayBytes = BigInt(Math.ceil(kib * 1024));
    const { attach } = await import("./attach.ts"); // a client of virtqemud: nothing else here needs one
    await attach({ reader, path, uri, domain, replayBytes, force, input: process.stdin });
  });

inRange("grep", "print the lines that fit a regular expression; exit code 1 if there is none")
  .argument("<regexp>", "as in JavaScript")
  .option("-i, --ignore-case", "letters fit in both cases", false)
  .option("-m, --max-count <n>", "stop after so many", positive, Number.POSITIVE_INFINITY)
  .option("-t, --timestamps", "when each line came", false)
  .action(async (domain: string, text: string, options: RangeOptions & GrepOptions) => {
    const pattern = expression(text, options.ignoreCase);
    if (!(await grep(await logContext(domain, options), { ...options, pattern }))) process.exitCode = exitNot;
  });

inRange(
  "wait",
  "wait for a line in what the running guest has printed and prints; exit code 1 when it does not come",
)
  .requiredOption(
    "-m, --match <regexp>",
    "as in JavaScript; also fits a line that is not ended, like a prompt",
  )
  .option("-i, --ignore-case", "letters fit in both cases", false)
  .option("--timeout <seconds>", "how long", positive, 60)
  .action(async (domain: string, options: RangeOptions & WaitOptions) => {
    const pattern = expression(options.match, options.ignoreCase);
    const wanted = { ...options, boot: options.boot ?? (options.since === undefined ? 0 : undefined) };
    const found = await wait(await logContext(domain, wanted), {
      pattern,
      timeoutMs: options.timeout * 1000,
    });
    if (!found) process.exitCode = exitNot;
  });

inRange("replay", "print a log as fast as it once came")
  .option("--speed <factor>", "so many times as fast", positive, 1)
  .option("--max-pause <seconds>", "never wait longer", positive, 3)
  .action(async (domain: string, options: RangeOptions & { speed: number; maxPause: number }) => {
    const { speed, maxPause } = options;
    await replay(await logContext(domain, options), { speed, maxPauseMs: maxPause * 1000 });
  });

inRange(
  "panics",
  "print crashes of the guest's system: kernel oops and panic, firmware assertion, Windows stop code",
)
  .option("-f, --follow", "go on with those to come", false)
  .action(async (domain: string, options: RangeOptions & { follow: boolean }) => {
    const how = { follow: options.follow, ...(options.follow && { signal: interrupted() }) };
    if (!(await panics(await logContext(domain, options), how))) process.exitCode = exitNot;
  });

interface RangeOptions {
  since?: bigint;
  until?: bigint;
  boot?: number | undefined;
  tail?: bigint;
}

interface GrepOptions {
  ignoreCase: boolean;
  maxCount: number;
  timestamps: boolean;
}

interface AttachFlags {
  replay: number;
  connect: string;
  force: boolean;
}

interface WaitOptions {
  match: string;
  ignoreCase: boolean;
  timeout: number;
}

/** A command about a part of one log. */
function inRange(name: string, description: string): Command {
  return program
    .command(name)
    .argument("<domain>", "name of the guest, or path of a log")
    .description(description)
    .option(
      "--since <time>",
      "what came at that time or later: -10m, 14:05, 2026-01-31T14:05",
      checked(parseWhen),
    )
    .option("--until <time>", "what came until then", checked(parseWhen))
    .addOption(
      new Option(
        "-b, --boot <n>",
        "of one start of the guest: 0 the last, -1 the one before, 1 the first kept",
      ).argParser(checked(integer)),
    )
    .option(
      "--tail <bytes>",
      "only the end of that",
      checked((text) => BigInt(integer(text))),
    );
}

function context(): Context {
  const { socket, json } = program.opts<{ socket?: string; json: boolean }>();
  return { reader: new LogReader(socket ?? defaultSocket()), json };
}

async function logContext(domain: string, { since, until, boot, tail }: RangeOptions): Promise<LogContext> {
  const { reader, json } = context();
  const { qemu } = program.opts<{ qemu: boolean }>();
  const { path, others } = chooseLog(domain.startsWith("/") ? [] : await reader.list(), domain, qemu);
  if (others.length > 0 && process.stderr.isTTY)
    console.error(`virt-log: ${path}; there is also ${others.join(", ")}`);
  const range: Partial<LogRange> = {
    since: since ?? null,
    until: until ?? null,
    session: boot ?? null,
    tail: tail ?? null,
  };
  return { reader, json, path, range };
}

/** Root's socket if it may be used, else the readers'. */
function defaultSocket(): string {
  const run = `${process.env.LIBVIRT_PREFIX ?? ""}/run/libvirt`;
  const own =
    process.geteuid?.() === 0
      ? undefined
      : `${userRuntimeDirectory(process.env)}/libvirt/virtlogd-admin-sock`;
  const candidates = [`${run}/virtlogd-admin-sock`, `${run}/virtlogd-sock-read`, ...(own ? [own] : [])];
  return candidates.find(isUsable) ?? `${run}/virtlogd-admin-sock`;
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // missing or not ours
  }
}

/** Ends with control-C, in order. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

function integer(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`'${text}' is no whole number`);
  return Number(text);
}

function expression(text: string, ignoreCase: boolean): RegExp {
  return new RegExp(text, ignoreCase ? "i" : "");
}

/** For commander: what an option's reader throws is a wrong use, not a bug. */
function checked<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`'${text}' is no number above 0`);
  return value;
}

process.stdout.on("error", () => process.exit(0)); // whoever reads has had enough
try {
  await program.parseAsync();
} catch (error) {
  console.error(`virt-log: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = exitFailed;
}
