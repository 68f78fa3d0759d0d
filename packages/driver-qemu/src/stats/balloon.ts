import { readProcess } from "@libvirt-ts/host";
import { typed } from "@libvirt-ts/protocol";
import { currentMemoryKiB } from "../driver/info.ts";
import type { Guest, QemuDomain } from "../guest.ts";
import type { BalloonGuestStats, Monitor } from "../monitor/monitor.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import type { Fields, StatsContext } from "./groups.ts";

const KIB = 1024n;
/** QEMU says 2^64-1 where the guest said nothing; as a JavaScript number it is a little more. */
const UNKNOWN = 2 ** 63;

/** What a guest's balloon driver told, by the names of bulk statistics, with QEMU's name and the unit. */
const guestFields = {
  swap_in: ["stat-swap-in", KIB],
  swap_out: ["stat-swap-out", KIB],
  major_fault: ["stat-major-faults", 1n],
  minor_fault: ["stat-minor-faults", 1n],
  unused: ["stat-free-memory", KIB],
  available: ["stat-total-memory", KIB],
  usable: ["stat-available-memory", KIB],
  "last-update": [undefined, 1n],
  disk_caches: ["stat-disk-caches", KIB],
  hugetlb_pgalloc: ["stat-htlb-pgalloc", 1n],
  hugetlb_pgfail: ["stat-htlb-pgfail", 1n],
} as const;

export type GuestMemoryField = keyof typeof guestFields;

/** What the guest last told about its memory: KiB, counts, and `last-update` in seconds since 1970. */
export type GuestMemory = Partial<Record<GuestMemoryField, bigint>>;

export function guestMemory({ stats, "last-update": updated }: BalloonGuestStats): GuestMemory {
  const known: GuestMemory = {};
  for (const [field, [source, unit]] of Object.entries(guestFields) as [
    GuestMemoryField,
    (typeof guestFields)[GuestMemoryField],
  ][]) {
    const value = source === undefined ? updated : stats[source];
    if (value !== undefined && value < UNKNOWN) known[field] = BigInt(value) / unit;
  }
  return known;
}

const noMemory: GuestMemory = {};

/** Asks the balloon device of a guest; without one there is nothing to know. */
export async function readGuestMemory(monitor: Monitor, def: QemuDomain["def"]): Promise<GuestMemory> {
  const path = balloonPath(def);
  if (path === undefined) return {};
  return guestMemory(await monitor.qomGet<BalloonGuestStats>(path, "guest-stats"));
}

/** Where QEMU keeps the balloon device; undefined when there is none. */
export function balloonPath({ devices: { memballoon } }: QemuDomain["def"]): string | undefined {
  if (!memballoon || memballoon.model === "none" || memballoon.alias === undefined) return undefined;
  return `/machine/peripheral/${memballoon.alias}`;
}

/** Memory of the host that QEMU occupies now, in KiB. */
export async function residentKiB({ host }: QemuDriver, { process }: Guest): Promise<bigint | undefined> {
  const facts = await readProcess(host.root, process.pid);
  return facts && BigInt(facts.residentPages * host.pageSizeKiB);
}

/** `balloon.*`, in KiB. */
export async function balloonStats({ driver, domain, def, guest, monitor }: StatsContext): Promise<Fields> {
  const fields: Fields = {
    "balloon.current": typed.ullong(BigInt(currentMemoryKiB(domain))),
    "balloon.maximum": typed.ullong(BigInt(def.memoryKiB)),
  };
  if (!guest) return fields;
  const [known, resident] = await Promise.all([
    monitor ? readGuestMemory(monitor, def) : noMemory,
    residentKiB(driver, guest),
  ]);
  for (const [field, value] of Object.entries(known)) fields[`balloon.${field}`] = typed.ullong(value);
  fields["balloon.rss"] = resident === undefined ? undefined : typed.ullong(resident);
  return fields;
}
