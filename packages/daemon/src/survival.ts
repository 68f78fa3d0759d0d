import { lstatSync } from "node:fs";
import { type FdStore, keeperFdStore, managerFdStore, type SavedFdStore } from "@libvirt-ts/keeper";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import { isSocketUnit, parseListenFds } from "./listen-fds.ts";
import type { BoundSocket, SocketPlan } from "./sockets.ts";

/** How long a keeper waits for the next daemon when nothing it keeps is in use. */
const graceMs = 10_000;

/**
 * Where a daemon's descriptors outlive it: with the service manager if that keeps any (FDSTORE in the environment:
 * systemd sets it from version 254 on, before that the unit file), else with a keeper of our own.
 */
export async function openStore(o: {
  name: string;
  run: string;
  native: Native;
  log: Logger;
  environment: Readonly<Record<string, string | undefined>>;
  saved: SavedFdStore | undefined;
}): Promise<FdStore> {
  const { name, run, native, log, environment, saved } = o;
  const address = environment.NOTIFY_SOCKET;
  if (address && Number(environment.FDSTORE) > 0) {
    const brought = parseListenFds(environment, process.pid) ?? new Map<string, number>();
    const found = new Map([...brought].filter(([unit]) => !isSocketUnit(unit)));
    for (const fd of found.values()) native.setCloexec(fd, true);
    return managerFdStore({ native, log, saved, address, found });
  }
  const title = `${name}-keeper`;
  const script = process.argv[1] ?? "";
  return keeperFdStore({ native, log, saved, path: `${run}/${title}-sock`, script, title, graceMs });
}

const socketName = ({ role }: Pick<SocketPlan, "role">): string => `listen-${role}`;

/** Sockets we bound ourselves: clients that come while there is no daemon wait for the next one. */
export function keepSockets(store: FdStore, sockets: readonly BoundSocket[]): void {
  for (const socket of sockets) {
    if (socket.ownsFile) void store.put(socketName(socket), socket.fd, { alone: false });
  }
}

export function forgetSockets(store: FdStore, sockets: readonly BoundSocket[]): void {
  for (const socket of sockets) store.remove(socketName(socket));
}

/** The sockets an earlier process bound, if clients still reach them by their files; else they are given up. */
export function keptSockets(
  plans: readonly SocketPlan[],
  store: FdStore,
  native: Native,
): BoundSocket[] | undefined {
  const kept = plans.flatMap((plan) => {
    const fd = store.found.get(socketName(plan));
    return fd === undefined ? [] : [{ role: plan.role, path: plan.path, fd, ownsFile: true }];
  });
  if (kept.length === plans.length && kept.every(({ path }) => isReached(path, native))) return kept;
  forgetSockets(store, kept);
  for (const { fd } of kept) native.close(fd);
  return undefined;
}

function isReached(path: string, native: Native): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  const probe = native.socketUnix("stream");
  native.setNonBlocking(probe, true);
  const answer = native.connectUnix(probe, path);
  native.close(probe);
  return answer >= 0 || answer === -eagain;
}

/** A full backlog: somebody listens. */
const eagain = 11;
