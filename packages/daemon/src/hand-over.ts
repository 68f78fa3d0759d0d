import { readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { strerror } from "@libvirt-ts/errors";
import type { FdStore, SavedFdStore } from "@libvirt-ts/keeper";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import { descriptorsOf, type SavedConnection, type Server } from "@libvirt-ts/rpc/server";
import type { PidFile } from "./pid-file.ts";
import type { BoundSocket } from "./sockets.ts";
import type { HandOver } from "./spec.ts";

/** A connection of the former process. */
export interface SavedClient {
  /** Name of its server. */
  readonly server: string;
  readonly connection: SavedConnection;
  readonly state?: unknown;
}

/** What one process of a daemon leaves to the next, as plain JSON; descriptors are named by their numbers. */
export interface Inherited {
  /** The pid of who wrote it: a file of another process is stale. */
  readonly magic: string;
  readonly pidFile: { readonly path: string; readonly fd: number };
  readonly sockets: BoundSocket[];
  readonly store: SavedFdStore;
  readonly clients: readonly SavedClient[];
}

export interface HandOverOptions {
  /** Where the state is written. */
  readonly file: string;
  readonly handOver: HandOver;
  readonly servers: readonly { name: string; server: Server }[];
  readonly sockets: readonly BoundSocket[];
  readonly pidFile: PidFile;
  readonly store: FdStore;
  readonly native: Native;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** Calls get this long to end; a call to a dead file server must not hold up all others for good. */
const settleMs = 5_000;

/**
 * Stops all work, so that what is saved from now on stays true.
 * @param signal a stop has begun: it goes before
 * @returns false, and all goes on, when calls do not end
 */
export async function suspendAll(
  { servers, handOver, log }: Pick<HandOverOptions, "servers" | "handOver" | "log">,
  signal?: AbortSignal,
): Promise<boolean> {
  const suspended = Promise.all(servers.map(({ server }) => server.suspend())).then(() => handOver.suspend());
  const settled = await within(settleMs, suspended);
  if (settled && !signal?.aborted) return true;
  if (!settled) log.error({ seconds: settleMs / 1000 }, "calls do not end, not handing over");
  resumeAll({ servers, handOver });
  return false;
}

export function resumeAll({ servers, handOver }: Pick<HandOverOptions, "servers" | "handOver">): void {
  handOver.resume();
  for (const { server } of servers) server.resume();
}

/** @returns whether the work was done in time */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
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

/** The connections of suspended servers. */
export function saveClients({ servers, handOver }: Pick<HandOverOptions, "servers" | "handOver">) {
  return servers.flatMap(({ name, server }) =>
    server.save().map(({ client, saved }): SavedClient => {
      const state = name === "admin" ? undefined : handOver.saveClient?.(client);
      return { server: name, connection: saved, state };
    }),
  );
}

/** Of a suspended daemon. */
export function saveAll(o: HandOverOptions): Inherited {
  return {
    magic: String(process.pid),
    pidFile: { path: o.pidFile.path, fd: o.pidFile.fd },
    sockets: [...o.sockets],
    store: o.store.save(),
    clients: saveClients(o),
  };
}

/** Every descriptor that is named in there, once. */
export function descriptorsIn({ pidFile, sockets, store, clients }: Inherited): number[] {
  const all = [
    pidFile.fd,
    ...sockets.map(({ fd }) => fd),
    ...store.kept.map(([, fd]) => fd),
    ...(store.socket === undefined ? [] : [store.socket]),
    ...clients.flatMap(({ connection }) => descriptorsOf(connection.traffic)),
  ];
  return [...new Set(all)];
}

/** The same for a process where the descriptors have other numbers. @throws Error when one did not come along */
export function renumbered(saved: Inherited, numbers: ReadonlyMap<number, number>): Inherited {
  const here = (fd: number): number => {
    const number = numbers.get(fd);
    if (number === undefined) throw new Error(`descriptor ${fd} was not handed over`);
    return number;
  };
  const { pidFile, sockets, store, clients } = saved;
  return {
    ...saved,
    pidFile: { ...pidFile, fd: here(pidFile.fd) },
    sockets: sockets.map((socket) => ({ ...socket, fd: here(socket.fd) })),
    store: {
      socket: store.socket === undefined ? undefined : here(store.socket),
      kept: store.kept.map(([name, fd]) => [name, here(fd)]),
    },
    clients: clients.map((client) => withDescriptors(client, here)),
  };
}

/** @param here the number a descriptor has in this process */
export function withDescriptors(client: SavedClient, here: (fd: number) => number): SavedClient {
  const { traffic } = client.connection;
  const unsent = traffic.unsent.map(({ bytes, fd }) => ({ bytes, fd: fd < 0 ? fd : here(fd) }));
  return {
    ...client,
    connection: { ...client.connection, traffic: { ...traffic, fd: here(traffic.fd), unsent } },
  };
}

/** @throws Error of node:fs */
export function writeState(file: string, state: object): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Reads and removes a state file.
 * @param magic of who wrote it
 * @returns undefined when there is none, or it is another's (left by a process that died)
 */
export function takeState<T extends { readonly magic: string }>(
  file: string,
  magic: string,
  log: Logger,
): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFileSync throws nothing else
    throw error;
  }
  unlinkSync(file);
  const saved = parse<T>(text);
  if (saved?.magic === magic) return saved;
  log.warn({ file }, "stale state of another process, starting fresh");
  return undefined;
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T; // written by writeState; the magic is checked before use
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function unlinkIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // unlinkSync throws nothing else
  }
}

/** The program again, with the options it was given. */
export const ownCommand = (): string[] => [process.execPath, ...process.execArgv, ...process.argv.slice(1)];

/**
 * Stops work, writes the state, and executes the program again in this very process: for whoever started us and
 * would take another process for none. Connections, descriptors and the pid file's lock stay; clients notice a pause.
 * Returns only if that failed: all goes on.
 */
export async function executeAnew(o: HandOverOptions, signal: AbortSignal): Promise<undefined> {
  o.log.info({}, "executing anew");
  if (!(await suspendAll(o, signal))) return;
  const saved = saveAll(o);
  const fds = descriptorsIn(saved);
  const failure = execute(o, saved, fds);
  o.log.error({ failure }, "could not execute anew, going on");
  for (const fd of fds) o.native.setCloexec(fd, true);
  resumeAll(o);
}

/**
 * All in one turn of the loop: a client that hung up meanwhile would free a number the state names.
 * @returns why we are still here
 */
function execute({ file, native, environment }: HandOverOptions, saved: Inherited, fds: readonly number[]) {
  try {
    writeState(file, saved);
    for (const fd of fds) native.setCloexec(fd, false);
    return strerror(-native.execve(process.execPath, ownCommand(), environment));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    unlinkIfThere(file);
  }
}
