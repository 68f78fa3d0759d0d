import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import type { SavedConnection } from "@libvirt-ts/rpc/server";
import type { Lockspaces } from "./lockspaces.ts";
import type { Owner, Owners } from "./owners.ts";
import type { HolderRecord, Records } from "./records.ts";
import type { SavedRegistration } from "./service.ts";

interface Adoption {
  readonly native: Native;
  readonly log: Logger;
  readonly records: Records;
  readonly owners: Owners;
  readonly spaces: Lockspaces;
  /** Connections come over by themselves. */
  readonly inherited: boolean;
}

/**
 * Goes on where the former process ended, wherever that was: what the table says is true, as nobody was told anything
 * else. Owners that have ended meanwhile lose their locks as soon as `owners.adopted` runs.
 * @returns connections to be served again
 */
export function adoptAll({ native, log, records, owners, spaces, inherited }: Adoption) {
  const found = new Map(records.store.found);
  const take = (key: string) => {
    const fd = found.get(key);
    found.delete(key);
    return fd;
  };
  const byKey = new Map<string, Owner>();
  for (const [key, record] of records.all("owner")) byKey.set(key, owners.adopt(key, record, take(key)));
  for (const [, { directory }] of records.all("space")) spaces.adoptSpace(directory);
  for (const [key, record] of records.all("lock")) {
    const fd = take(key);
    if (fd === undefined) log.warn({ resource: record.path }, "lock was free since the former process ended");
    const holders = record.owners.flatMap((owner) => byKey.get(owner) ?? []);
    spaces.adopt(
      key,
      record,
      holders.map((owner) => owners.useAgain(owner)),
      fd,
    );
  }
  const clients = records.all("holder").flatMap(([key, record]) => {
    const fd = take(key);
    if (fd === undefined) records.delete(key);
    return fd === undefined || inherited ? [] : [holder(record, fd)];
  });
  for (const [key, fd] of found) {
    if (key.startsWith("listen-")) continue;
    native.ofdLock(fd, "unlock", 0, 1); // nobody was told that it is locked
    records.store.remove(key);
    native.close(fd);
  }
  return clients;
}

function holder({ pid, details, connection }: HolderRecord, fd: number) {
  const traffic = { fd, unread: "", unsent: [] };
  const saved: SavedConnection = { ...connection, traffic };
  const state: SavedRegistration = { ...details, pid, restricted: true };
  return { connection: saved, state };
}
