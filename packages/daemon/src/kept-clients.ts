import type { FdStore } from "@libvirt-ts/keeper";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import { type SavedClient, takeState, withDescriptors, writeState } from "./hand-over.ts";

const prefix = "client-";
/** Whoever wrote the file is gone; the store tells whether it still holds. */
const magic = "kept";

interface KeptClients {
  readonly magic: string;
  readonly clients: readonly SavedClient[];
  /** Under which name each descriptor is in the store. */
  readonly names: readonly (readonly [fd: number, name: string])[];
}

/**
 * Leaves connections in the store at a stop, for the next process; if none follows, the service manager lets go of
 * the store and with it they end. One that a descriptor waits to be sent over is left out.
 */
export async function keepClients(
  file: string,
  store: FdStore,
  clients: readonly SavedClient[],
): Promise<void> {
  const kept = clients.filter(({ connection }) => connection.traffic.unsent.every(({ fd }) => fd < 0));
  const known = new Map(store.save().kept.map(([name, fd]) => [fd, name]));
  const names = kept.map(({ connection: { traffic } }) => {
    const name = known.get(traffic.fd) ?? `${prefix}${traffic.fd}`;
    return { name, fd: traffic.fd };
  });
  await Promise.all(names.map(({ name, fd }) => store.put(name, fd)));
  const state: KeptClients = { magic, clients: kept, names: names.map(({ name, fd }) => [fd, name]) };
  writeState(file, state);
}

/** @returns the connections the former process left, undefined when it left none */
export function keptClients(o: {
  file: string;
  store: FdStore;
  native: Native;
  log: Logger;
}): SavedClient[] | undefined {
  const { file, store, native, log } = o;
  const saved = takeState<KeptClients>(file, magic, log);
  const fds = new Map<number, number>();
  for (const [number, name] of saved?.names ?? []) {
    const fd = name.startsWith(prefix) ? store.take(name) : store.found.get(name);
    if (fd !== undefined) fds.set(number, fd);
  }
  for (const name of [...store.found.keys()]) {
    if (name.startsWith(prefix)) native.close(store.take(name) ?? -1); // nobody knows what it was
  }
  if (fds.size === 0) return undefined;
  return (saved?.clients ?? [])
    .filter(({ connection }) => fds.has(connection.traffic.fd))
    .map((client) => withDescriptors(client, (fd) => fds.get(fd) ?? -1));
}
