import { readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { strerror } from "@libvirt-ts/errors";
import type { FdStore, SavedFdStore } from "@libvirt-ts/keeper";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import { descriptorsOf, type SavedConnection, type Server } from "@libvirt-ts/rpc/server";
import type { PidFile } from "./pid-file.ts";
import type { BoundSocket } from "./sockets.ts";
import type { HandOver } from "./spec.ts";

/** What the former image of this process left; descriptors are open under the numbers given. */
export interface Inherited {
  /** The pid: a file of another process is stale. */
  readonly magic: string;
  readonly pidFile: { readonly path: string; readonly fd: number };
  readonly sockets: BoundSocket[];
  readonly store: SavedFdStore;
  readonly keptFds: readonly number[];
  readonly clients: readonly { server: string; connection: SavedConnection; state?: unknown }[];
  readonly state: unknown;
}

/**
 * Reads and removes the state file of an exec of ourselves.
 * @returns undefined when there is none, or it is not ours (left by a process that died)
 */
export function takeInherited(file: string, log: Logger, pid: number = process.pid): Inherited | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFileSync throws nothing else
    throw error;
  }
  unlinkSync(file);
  const saved = parse(text);
  if (saved?.magic === String(pid)) return saved;
  log.warn({ file }, "stale state of another process, starting fresh");
  return undefined;
}

function parse(text: string): Inherited | undefined {
  try {
    return JSON.parse(text) as Inherited; // written by executeAnew; the magic is checked before use
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * SIGUSR1: stops work, writes the state, and executes the program again in this very process. Connections,
 * descriptors and the pid file's lock stay; clients notice a pause. Returns only if that failed: all goes on.
 */
export async function executeAnew(o: {
  file: string;
  handOver: HandOver;
  servers: readonly { name: string; server: Server }[];
  sockets: readonly BoundSocket[];
  pidFile: PidFile;
  store: FdStore;
  native: Native;
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  /** A clean stop has begun meanwhile: it goes before. */
  isStopping(): boolean;
}): Promise<void> {
  o.log.info({}, "executing anew");
  const settled = await within(settleMs, suspendAll(o));
  if (o.isStopping()) return;
  if (!settled) {
    o.log.error({ seconds: settleMs / 1000 }, "calls do not end, not executing anew");
    resumeAll(o);
    return;
  }
  const { state, fds } = o.handOver.save();
  const clients = o.servers.flatMap(({ name, server }) =>
    server.save().map(({ client, saved }) => ({
      server: name,
      connection: saved,
      state: name === "admin" ? undefined : o.handOver.saveClient?.(client),
    })),
  );
  const store = o.store.save();
  const saved: Inherited = {
    magic: String(process.pid),
    pidFile: { path: o.pidFile.path, fd: o.pidFile.fd },
    sockets: [...o.sockets],
    store: store.state,
    keptFds: store.fds,
    clients,
    state,
  };
  const kept = [
    ...fds,
    ...store.fds,
    o.pidFile.fd,
    ...o.sockets.map(({ fd }) => fd),
    ...clients.flatMap(({ connection }) => descriptorsOf(connection.traffic)),
  ];
  const failure = execute(o, saved, kept);
  o.log.error({ failure }, "could not execute anew, going on");
  for (const fd of kept) o.native.setCloexec(fd, true);
  resumeAll(o);
}

/** Calls get this long to end; a call to a dead file server must not hold up all others for good. */
const settleMs = 5_000;

interface Work {
  readonly handOver: HandOver;
  readonly servers: readonly { server: Server }[];
}

async function suspendAll({ servers, handOver }: Work): Promise<void> {
  await Promise.all(servers.map(({ server }) => server.suspend()));
  await handOver.suspend();
}

function resumeAll({ servers, handOver }: Work): void {
  handOver.resume();
  for (const { server } of servers) server.resume();
}

/** @returns whether the work was done in time */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * All in one turn of the loop: a client that hung up meanwhile would free a number the state names.
 * @returns why we are still here
 */
function execute(
  o: { file: string; native: Native; environment: Readonly<Record<string, string | undefined>> },
  saved: Inherited,
  kept: readonly number[],
): string {
  try {
    writeFileSync(`${o.file}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${o.file}.new`, o.file);
    for (const fd of kept) o.native.setCloexec(fd, false);
    const argv = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    return strerror(-o.native.execve(process.execPath, argv, o.environment));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    unlinkIfThere(o.file);
  }
}

function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // unlinkSync throws nothing else
  }
}
