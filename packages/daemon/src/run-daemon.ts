import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Keys, LoggingKeys } from "@libvirt-ts/config";
import { keeperOption } from "@libvirt-ts/keeper";
import { runKeeper } from "@libvirt-ts/keeper/program";
import type { Logger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { background, privateVariables, startInBackground } from "./background.ts";
import { Daemon } from "./daemon.ts";
import { makeDirectory } from "./make-directory.ts";
import { type Command, type DaemonOptions, formatOptions, parseCommand, usage } from "./options.ts";
import { daemonFiles, type Paths, paths as pathsFor } from "./paths.ts";
import { checkLogKeys, isJournal, loadConfig, loggerOptions, openLog } from "./preparation.ts";
import { listenSettings } from "./servers.ts";
import { ServiceManager } from "./service-manager.ts";
import { socketPlans } from "./sockets.ts";
import type { DaemonSpec } from "./spec.ts";
import { ExitCode, StartFailure } from "./start-failure.ts";
import { Predecessor, successorVariable } from "./succession.ts";
import { versionText } from "./version.ts";

/**
 * V8 would let the nursery of objects grow to 32 MB and give nothing back: it stays at the size it begins with, 2 MB.
 * What lives for long in a daemon is little, so that collecting more often costs hardly anything; and less when one
 * thread does it (0.26 ms) than when several have to be woken and waited for (0.34 ms).
 */
const smallNursery = "--semi-space-growth-factor=1 --no-parallel-scavenge";
/**
 * After the last work V8 gives memory back, in up to three turns eight seconds apart. The lock and the log daemon are
 * done with that sooner, and then sleep until somebody wants something.
 */
const promptReduction = "--gc-memory-reducer-start-delay-ms=2000";
/**
 * V8 would turn code that has run for a few milliseconds into machine code, and compiling takes time from what is
 * running: it waits twice as long, which what runs all the time passes at once. It would also compile with a function
 * 920 bytes of those it calls, which takes up to 30 ms at a time; a fourth of that makes code as fast as clients can
 * tell.
 */
const modestCompiler =
  "--interrupt-budget=135000 --max-inlined-bytecode-size=230 --max-inlined-bytecode-size-cumulative=230";

/**
 * In the first calls of a function V8 remembers nothing of the objects it sees and interprets it: a client's first
 * ten calls take three times as long. Set once we are ready, as most of a start runs only once; costs no memory
 * that could be measured.
 */
const learnAtOnce = "--no-lazy-feedback-allocation --always-sparkplug";

/**
 * A client that asks one thing after the other asks within this time of the last answer, and is not to wait until a
 * processor has woken up: that takes longer than most answers.
 */
const lingerMicroseconds = 50;

/**
 * Runs a daemon from command line to exit: the whole of a `main.ts`.
 * Resolves when it is ready; the process ends by itself after SIGTERM, SIGINT, SIGQUIT or idle time.
 */
export async function runDaemon<K extends Keys & LoggingKeys>(spec: DaemonSpec<K>): Promise<void> {
  if (process.argv[2] === keeperOption) {
    runKeeper(process.argv.slice(3));
    return;
  }
  native.setEngineFlags(smallNursery);
  if (spec.kind === "manager") native.setEngineFlags(promptReduction);
  native.setEngineFlags(modestCompiler);
  native.backgroundThreads(); // V8's: what they compile and collect is not waited for
  native.linger(lingerMicroseconds);
  const command = parseCommand(process.argv.slice(2));
  const env = { ...process.env };
  try {
    if (command.kind === "check") process.exitCode = checkConfig(spec, command.options, env);
    else if (command.kind !== "run") process.exitCode = answer(spec, command, env);
    else if (command.options.background)
      process.exit(await startInBackground(formatOptions(absolute(command.options))));
    else await start(spec, command.options, env);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    process.stderr.write(`${spec.name}: ${error.message}\n`);
    process.exit(error.exitCode);
  }
}

/** The process in the background works elsewhere. */
function absolute({ configFile, pidFile, ...options }: DaemonOptions): DaemonOptions {
  const resolved = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return { ...options, configFile: resolved(configFile), pidFile: resolved(pidFile) };
}

function answer(
  { name, kind, summary }: Pick<DaemonSpec<Keys & LoggingKeys>, "name" | "kind" | "summary">,
  command: Exclude<Command, { kind: "run" | "check" }>,
  env: NodeJS.ProcessEnv,
): number {
  if (command.kind === "version") process.stdout.write(`${name} (libvirt) ${versionText}\n`);
  else if (command.kind === "wrong") process.stderr.write(`${name}: ${command.message}\n`);
  else {
    const where = pathsOf(env);
    const files = daemonFiles(where, name);
    const sockets = socketPlans({ name, kind, run: where.run, privileged: where.privileged }).map(
      (plan) => plan.path,
    );
    process.stdout.write(usage({ name, summary, config: files.config, pid: files.pid, sockets }));
  }
  return command.kind === "wrong" ? 1 : 0;
}

/** `--config-check`: 0 when the daemon would start with this file, 1 when it would not; problems on stderr. */
function checkConfig(
  spec: DaemonSpec<Keys & LoggingKeys>,
  options: DaemonOptions,
  env: NodeJS.ProcessEnv,
): number {
  const file = options.configFile ?? daemonFiles(pathsOf(env), spec.name).config;
  try {
    const { values, unknown } = loadConfig(spec.keys, file, options.configFile === undefined);
    settingsOf(spec, values);
    checkLogKeys(values);
    for (const { key, line } of unknown)
      process.stderr.write(`${spec.name}: ${file}:${line}: unknown key '${key}'\n`);
    process.stdout.write(`${file}: ok\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    process.stderr.write(`${spec.name}: ${error.message}\n`);
    return 1;
  }
}

async function start<K extends Keys & LoggingKeys>(
  spec: DaemonSpec<K>,
  options: DaemonOptions,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const name of privateVariables) delete process.env[name];
  process.umask(0o022);
  const paths = pathsOf(env);
  const files = daemonFiles(paths, spec.name);
  const behind = background(env);
  if (behind.inBackground) process.chdir("/");
  const configFile = options.configFile ?? files.config;
  const { values, unknown } = loadConfig(spec.keys, configFile, options.configFile === undefined);
  const wanted = loggerOptions({
    name: spec.name,
    values,
    env,
    verbose: options.verbose,
    inBackground: behind.inBackground,
    file: files.log,
    stderrIsJournal: isJournal(env.JOURNAL_STREAM, 2),
  });
  if (behind.inBackground) makeDirectory(dirname(files.log));
  const logging = openLog(wanted, configFile, unknown);
  const log = logging.root;
  if (behind.inBackground) process.stderr.on("error", () => {}); // whoever started us stopped reading
  dieLoudly(log);
  const daemon = new Daemon({
    spec,
    paths,
    config: values,
    settings: settingsOf(spec, values),
    logging,
    native,
    manager: new ServiceManager(env.NOTIFY_SOCKET, native),
    pidFile: options.pidFile ?? files.pid,
    handOverFile: files.handOver,
    keptClientsFile: files.keptClients,
    predecessor: Predecessor.of(env, native),
    mayChangePid: behind.inBackground || Boolean(env.NOTIFY_SOCKET),
    timeoutSeconds: options.timeoutSeconds,
    groupId,
    environment: { ...env, ...behind.environment, [successorVariable]: undefined },
  });
  try {
    await daemon.start();
  } catch (error) {
    daemon.abandon();
    if (error instanceof StartFailure) throw error;
    log.error({ err: error }, "start failed");
    const why = error instanceof Error ? error.message : String(error);
    throw new StartFailure(ExitCode.driver, `initialisation failed: ${why}`, { cause: error });
  }
  native.setEngineFlags(learnAtOnce);
  behind.ready();
}

function settingsOf(spec: DaemonSpec<Keys & LoggingKeys>, values: Readonly<Record<string, unknown>>) {
  try {
    return listenSettings(spec.kind, values);
  } catch (error) {
    throw new StartFailure(
      ExitCode.config,
      `Can't load config file: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** An error nobody caught leaves the state unknown: say so and end, so that a successor starts from what is on disk. */
function dieLoudly(log: Logger): void {
  process.on("uncaughtException", (error) => {
    log.error({ err: error }, "uncaught error, ending");
    process.exit(ExitCode.crash);
  });
}

function pathsOf(env: NodeJS.ProcessEnv): Paths {
  const prefix = env.LIBVIRT_PREFIX ? resolve(env.LIBVIRT_PREFIX) : "";
  return pathsFor({ privileged: process.geteuid?.() === 0, prefix, env });
}

/** @throws StartFailure when there is no such group */
export function groupId(name: string): number {
  const line = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((row) => row.startsWith(`${name}:`));
  const gid = Number(line?.split(":")[2] ?? (/^\+?[0-9]+$/.test(name) ? name : Number.NaN));
  if (!Number.isInteger(gid)) throw new StartFailure(ExitCode.config, `no group '${name}' for the sockets`);
  return gid;
}
