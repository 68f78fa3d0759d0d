import { readFile } from "node:fs/promises";
import { HostCpu, hostOfModel } from "@libvirt-ts/cpu";
import { cpuTopology, type HostCpus, type NumaCell, readCpus, readNumaCells } from "@libvirt-ts/host";
import { formatBitmap } from "@libvirt-ts/util/bitmap";
import { formatUuid, parseUuid, randomUuid } from "@libvirt-ts/util/uuid";
import type { XmlWriter } from "@libvirt-ts/xml";
import type { HostProcessor } from "../cpu/host-model.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { type CacheBank, readCacheBanks } from "./cache-banks.ts";
import { empty, inside, leaf } from "./elements.ts";
import { type CacheControl, type Resctrl, readResctrl } from "./resctrl.ts";

/** Pools of pages of one size. */
export interface Pages {
  sizeKiB: number;
  total: number;
}

/** What the machine is made of. */
export interface HostTopology {
  cpus: HostCpus;
  cells: (Omit<NumaCell, "hugePages"> & { pages: readonly Pages[] })[];
  cacheBanks: CacheBank[];
  resctrl?: Resctrl | undefined;
}

/** What the host is; what is absent is not shown. */
export interface HostDescription {
  uuid?: string | undefined;
  arch: string;
  processor: HostProcessor;
  /** The processor's element tells how many there are and the sizes of pages. */
  countsCpus?: boolean;
  migration?: { live: boolean; transports: readonly string[] };
  topology?: HostTopology;
  /** `UID:GID` of QEMU. */
  qemuLabel?: string;
}

/** Gathered anew each time: processors go off line, pools of pages change. */
export async function describeHost({ host, user, processor }: QemuDriver): Promise<HostDescription> {
  const { root, arch, pageSizeKiB } = host;
  const [uuid, topology] = await Promise.all([hostUuid(root), readTopology(root, pageSizeKiB)]);
  return {
    uuid,
    arch,
    processor,
    countsCpus: true,
    migration: { live: true, transports: ["tcp", "rdma"] },
    topology,
    qemuLabel: `+${user.uid}:+${user.gid}`,
  };
}

/** @param root folder below which /proc and /sys are; "" for the machine itself */
export async function readTopology(root: string, pageSizeKiB: number): Promise<HostTopology> {
  const cpus = await readCpus(root);
  const [cells, cacheBanks, resctrl] = await Promise.all([
    readNumaCells(root, cpus.online),
    readCacheBanks(root, cpus.online),
    readResctrl(root),
  ]);
  const withPages = cells.map(({ hugePages, ...cell }) => {
    const huge = hugePages.reduce((sum, { sizeKiB, total }) => sum + sizeKiB * total, 0);
    const small = { sizeKiB: pageSizeKiB, total: Math.floor((cell.memoryKiB - huge) / pageSizeKiB) };
    return { ...cell, pages: [small, ...hugePages] };
  });
  return { cpus, cells: withPages, cacheBanks, resctrl };
}

/** The machine's identity: from its firmware, else made of the installation's. */
async function hostUuid(root: string): Promise<string> {
  for (const file of [
    "/sys/class/dmi/id/product_uuid",
    "/sys/devices/virtual/dmi/id/product_uuid",
    "/etc/machine-id",
  ]) {
    const bytes = parseUuid((await readable(`${root}${file}`)) ?? "");
    if (bytes) return formatUuid(bytes);
  }
  made ??= randomUuid();
  return made;
}

/** Of a machine that has none: as long as we live. */
let made: string | undefined;

/** Firmware tables are for root only. */
async function readable(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return undefined; // whatever the reason, there is another place to look
  }
}

/** `<host>` of the capabilities. */
export function writeHost(writer: XmlWriter, host: HostDescription): void {
  const { uuid, migration, topology, qemuLabel } = host;
  inside(writer, "host", {}, () => {
    if (uuid !== undefined) leaf(writer, "uuid", uuid);
    HostCpu.format(describeProcessor(host), writer, {});
    empty(writer, "power_management");
    empty(writer, "iommu", { support: "no" });
    if (migration) writeMigration(writer, migration);
    if (topology) {
      writeTopology(writer, topology);
      writeCaches(writer, topology);
      writeBandwidth(writer, topology);
    }
    if (qemuLabel === undefined) return;
    inside(writer, "secmodel", {}, () => {
      leaf(writer, "model", "none");
      leaf(writer, "doi", 0);
    });
    inside(writer, "secmodel", {}, () => {
      leaf(writer, "model", "dac");
      leaf(writer, "doi", 0);
      leaf(writer, "baselabel", qemuLabel, { type: "kvm" });
      leaf(writer, "baselabel", qemuLabel, { type: "qemu" });
    });
  });
}

/** The host's processor as the model it has no feature less of. */
function describeProcessor({ arch, processor, countsCpus, topology }: HostDescription): HostCpu {
  const cpu = hostOfModel(arch, processor.itself() ?? { features: [] });
  const { microcode, physicalBits } = processor;
  if (microcode !== undefined) cpu.microcode = microcode;
  const counter = processor.counter?.();
  if (counter) cpu.counter = { name: "tsc", frequency: BigInt(counter.hertz), scaling: counter.scaling };
  if (physicalBits > 0) cpu.maxphysaddr = { mode: "emulate", bits: physicalBits };
  if (countsCpus && topology) {
    cpu.topology = { ...cpuTopology(topology.cpus.cpus), clusters: 1 };
    cpu.pages = (topology.cells[0]?.pages ?? []).map(({ sizeKiB }) => ({ unit: "KiB", size: sizeKiB }));
  }
  return cpu;
}

function writeMigration(
  writer: XmlWriter,
  { live, transports }: NonNullable<HostDescription["migration"]>,
): void {
  // It stands on two lines even with nothing in it.
  writer.open("migration_features");
  writer.startBody();
  if (live) empty(writer, "live");
  if (transports.length > 0) {
    inside(writer, "uri_transports", {}, () => {
      for (const name of transports) leaf(writer, "uri_transport", name);
    });
  }
  writer.close("migration_features");
}

function writeTopology(writer: XmlWriter, { cells, cpus }: HostTopology): void {
  inside(writer, "topology", {}, () =>
    inside(writer, "cells", { num: cells.length }, () => {
      for (const cell of cells) {
        inside(writer, "cell", { id: cell.id }, () => {
          leaf(writer, "memory", cell.memoryKiB, { unit: "KiB" });
          for (const { sizeKiB, total } of cell.pages)
            leaf(writer, "pages", total, { unit: "KiB", size: sizeKiB });
          if (cell.distances.length > 0) {
            inside(writer, "distances", {}, () => {
              for (const { cell: id, value } of cell.distances) empty(writer, "sibling", { id, value });
            });
          }
          const own = cpus.cpus.filter(({ id }) => cell.cpus.includes(id));
          inside(writer, "cpus", { num: own.length }, () => {
            for (const { id, socket, die, cluster, core, siblings } of own)
              empty(writer, "cpu", {
                id,
                socket_id: socket,
                die_id: die,
                cluster_id: cluster,
                core_id: core,
                siblings: formatBitmap(siblings),
              });
          });
        });
      }
    }),
  );
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** The largest unit an amount is a whole number of. */
function scaled(bytes: number): { amount: number; unit: string; perUnit: number } {
  let power = 0;
  let amount = bytes;
  while (amount !== 0 && amount % 1024 === 0 && power < units.length - 1) {
    amount /= 1024;
    power++;
  }
  return { amount, unit: units[power] ?? "B", perUnit: 1024 ** power };
}

function writeCaches(writer: XmlWriter, { cacheBanks, resctrl }: HostTopology): void {
  if (cacheBanks.length === 0) return;
  inside(writer, "cache", {}, () => {
    for (const { id, level, type, sizeKiB, cpus } of cacheBanks) {
      const bytes = sizeKiB * 1024;
      const { amount: size, unit } = scaled(bytes);
      inside(writer, "bank", { id, level, type, size, unit, cpus: formatBitmap(cpus) }, () => {
        for (const control of resctrl?.caches ?? [])
          if (control.level === level) writeControl(writer, control, bytes);
      });
    }
    writeMonitor(writer, resctrl, "llc_", ({ reuseThreshold }) => ({ level: 3, reuseThreshold }));
  });
}

function writeControl(
  writer: XmlWriter,
  { type, parts, minParts, maxAllocs }: CacheControl,
  bytes: number,
): void {
  const { amount: granularity, unit } = scaled(Math.floor(bytes / parts));
  const min = minParts > 1 ? { min: granularity * minParts } : {};
  empty(writer, "control", { granularity, ...min, unit, type, maxAllocs });
}

/** Memory is shared out to whoever shares a cache of the last level. */
function writeBandwidth(writer: XmlWriter, { cacheBanks, resctrl }: HostTopology): void {
  const { bandwidth, monitor } = resctrl ?? {};
  if (!bandwidth && !monitor?.features.some((name) => name.startsWith("mbm_"))) return;
  const last = Math.max(...cacheBanks.map(({ level }) => level));
  inside(writer, "memory_bandwidth", {}, () => {
    for (const { id, level, cpus } of bandwidth ? cacheBanks : []) {
      if (level !== last) continue;
      inside(writer, "node", { id, cpus: formatBitmap(cpus) }, () =>
        empty(writer, "control", { ...bandwidth }),
      );
    }
    writeMonitor(writer, resctrl, "mbm_", () => ({}));
  });
}

function writeMonitor(
  writer: XmlWriter,
  resctrl: Resctrl | undefined,
  prefix: string,
  attrs: (monitor: NonNullable<Resctrl["monitor"]>) => Record<string, number>,
): void {
  const monitor = resctrl?.monitor;
  const features = monitor?.features.filter((name) => name.startsWith(prefix)) ?? [];
  if (monitor === undefined || features.length === 0) return;
  inside(writer, "monitor", { ...attrs(monitor), maxMonitors: monitor.maxMonitors }, () => {
    for (const name of features) empty(writer, "feature", { name });
  });
}
