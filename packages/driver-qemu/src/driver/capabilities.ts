import { readFile } from "node:fs/promises";
import { HostCpu, hostOfModel } from "@libvirt-ts/cpu";
import { cpuTopology, type HostCpus, type NumaCell, readCpus, readNumaCells } from "@libvirt-ts/host";
import { formatBitmap } from "@libvirt-ts/util/bitmap";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import { XmlWriter } from "@libvirt-ts/xml";
import { hasFlag, type QemuCaps } from "../caps/qemu-caps.ts";
import type { HostProcessor } from "../cpu/host-model.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { readCacheBanks } from "./cache-banks.ts";

const KIB_PER_MIB = 1024;
const transports = ["tcp", "rdma"];
/** Architectures with words of 32 bits; others have 64. */
const narrow: ReadonlySet<string> = new Set([
  "i686",
  "armv6l",
  "armv7b",
  "armv7l",
  "ppc",
  "riscv32",
  "sparc",
]);

/** What the host is: gathered once a call, as it may change under us. */
export interface HostDescription {
  arch: string;
  processor: HostProcessor;
  /** What of it can be seen; absent: nothing. */
  seen?: HostSights;
}

interface HostSights {
  uuid: string | undefined;
  cpus: HostCpus;
  cells: NumaCell[];
  cacheBanks: Awaited<ReturnType<typeof readCacheBanks>>;
  pageSizeKiB: number;
  /** `UID:GID` of QEMU. */
  qemuLabel: string;
}

export async function describeHost({ host, user, processor }: QemuDriver): Promise<HostDescription> {
  const { root, arch, pageSizeKiB } = host;
  const cpus = await readCpus(root);
  const [uuid, cells, cacheBanks] = await Promise.all([
    hostUuid(root),
    readNumaCells(root, cpus.online),
    readCacheBanks(root, cpus.online),
  ]);
  const qemuLabel = `+${user.uid}:+${user.gid}`;
  return { arch, processor, seen: { uuid, cpus, cells, cacheBanks, pageSizeKiB, qemuLabel } };
}

/** The machine's identity: from its firmware, else made of the installation's. */
async function hostUuid(root: string): Promise<string | undefined> {
  for (const file of [
    "/sys/class/dmi/id/product_uuid",
    "/sys/devices/virtual/dmi/id/product_uuid",
    "/etc/machine-id",
  ]) {
    const bytes = parseUuid((await readable(`${root}${file}`)) ?? "");
    if (bytes) return formatUuid(bytes);
  }
  return undefined;
}

/** Firmware tables are for root only. */
async function readable(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return undefined; // whatever the reason, there is another place to look
  }
}

/** `virsh capabilities`: the host, then each kind of guest it can run. */
export function formatCapabilities(host: HostDescription, guests: readonly QemuCaps[]): string {
  const writer = new XmlWriter(1);
  writeHost(writer, host);
  const body = [writer.toString(), ...guests.map(formatGuest)];
  return `<capabilities>\n\n${body.join("\n")}\n</capabilities>\n`;
}

/** An element around others. */
function inside(
  writer: XmlWriter,
  tag: string,
  attrs: Record<string, string | number>,
  body: () => void,
): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, String(value));
  body();
  writer.close(tag);
}

const empty = (writer: XmlWriter, tag: string, attrs: Record<string, string | number> = {}): void =>
  inside(writer, tag, attrs, () => {});

function leaf(
  writer: XmlWriter,
  tag: string,
  text: string | number,
  attrs: Record<string, string | number> = {},
): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, String(value));
  writer.closeWithText(tag, String(text));
}

function writeHost(writer: XmlWriter, host: HostDescription): void {
  const { seen } = host;
  inside(writer, "host", {}, () => {
    if (seen?.uuid !== undefined) leaf(writer, "uuid", seen.uuid);
    HostCpu.format(describeProcessor(host), writer, {});
    empty(writer, "power_management");
    empty(writer, "iommu", { support: "no" });
    if (seen === undefined) return;
    inside(writer, "migration_features", {}, () => {
      empty(writer, "live");
      inside(writer, "uri_transports", {}, () => {
        for (const name of transports) leaf(writer, "uri_transport", name);
      });
    });
    writeTopology(writer, seen);
    writeCaches(writer, seen);
    inside(writer, "secmodel", {}, () => {
      leaf(writer, "model", "none");
      leaf(writer, "doi", 0);
    });
    inside(writer, "secmodel", {}, () => {
      leaf(writer, "model", "dac");
      leaf(writer, "doi", 0);
      leaf(writer, "baselabel", seen.qemuLabel, { type: "kvm" });
      leaf(writer, "baselabel", seen.qemuLabel, { type: "qemu" });
    });
  });
}

/** The host's processor as the model it has no feature less of. */
function describeProcessor({ arch, processor, seen }: HostDescription): HostCpu {
  const cpu = hostOfModel(arch, processor.itself() ?? { features: [] });
  const { microcode, physicalBits } = processor;
  if (microcode !== undefined) cpu.microcode = microcode;
  if (physicalBits > 0) cpu.maxphysaddr = { mode: "emulate", bits: physicalBits };
  if (seen !== undefined) {
    const { cells, cpus, pageSizeKiB } = seen;
    cpu.topology = { ...cpuTopology(cpus.cpus), clusters: 1 };
    const sizes = [pageSizeKiB, ...(cells[0]?.hugePages ?? []).map(({ sizeKiB }) => sizeKiB)];
    cpu.pages = sizes.map((size) => ({ unit: "KiB", size }));
  }
  return cpu;
}

function writeTopology(writer: XmlWriter, { cells, cpus, pageSizeKiB }: HostSights): void {
  inside(writer, "topology", {}, () =>
    inside(writer, "cells", { num: cells.length }, () => {
      for (const cell of cells) {
        inside(writer, "cell", { id: cell.id }, () => {
          leaf(writer, "memory", cell.memoryKiB, { unit: "KiB" });
          const huge = cell.hugePages.reduce((sum, { sizeKiB, total }) => sum + sizeKiB * total, 0);
          const small = Math.floor((cell.memoryKiB - huge) / pageSizeKiB);
          leaf(writer, "pages", small, { unit: "KiB", size: pageSizeKiB });
          for (const { sizeKiB, total } of cell.hugePages)
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

function writeCaches(writer: XmlWriter, { cacheBanks }: HostSights): void {
  if (cacheBanks.length === 0) return;
  inside(writer, "cache", {}, () => {
    for (const { id, level, type, sizeKiB, cpus } of cacheBanks) {
      const isMiB = sizeKiB % KIB_PER_MIB === 0;
      empty(writer, "bank", {
        id,
        level,
        type,
        size: isMiB ? sizeKiB / KIB_PER_MIB : sizeKiB,
        unit: isMiB ? "MiB" : "KiB",
        cpus: formatBitmap(cpus),
      });
    }
  });
}

/** One `<guest>`: what an emulator can run. */
function formatGuest(caps: QemuCaps): string {
  const writer = new XmlWriter(1);
  const machines = caps.accel.kvm?.machines ?? caps.accel.tcg?.machines ?? [];
  const isX86 = caps.arch === "x86_64" || caps.arch === "i686";
  inside(writer, "guest", {}, () => {
    leaf(writer, "os_type", "hvm");
    inside(writer, "arch", { name: caps.arch }, () => {
      leaf(writer, "wordsize", narrow.has(caps.arch) ? 32 : 64);
      leaf(writer, "emulator", caps.emulator);
      for (const { name, alias, maxCpus, deprecated } of machines) {
        const attrs = { maxCpus, ...(deprecated ? { deprecated: "yes" } : {}) };
        leaf(writer, "machine", name, attrs);
        if (alias !== undefined) leaf(writer, "machine", alias, { canonical: name, ...attrs });
      }
      if (hasFlag(caps, "tcg")) empty(writer, "domain", { type: "qemu" });
      if (hasFlag(caps, "kvm")) empty(writer, "domain", { type: "kvm" });
    });
    inside(writer, "features", {}, () => {
      if (caps.arch === "i686") {
        empty(writer, "pae");
        empty(writer, "nonpae");
      }
      if (isX86 || caps.arch === "aarch64") empty(writer, "acpi", { default: "on", toggle: "yes" });
      if (isX86) empty(writer, "apic", { default: "on", toggle: "no" });
      empty(writer, "cpuselection");
      empty(writer, "deviceboot");
      empty(writer, "disksnapshot", { default: "on", toggle: "no" });
      empty(writer, "externalSnapshot");
    });
  });
  return writer.toString();
}

/** Capabilities of every emulator there is, probed when they are not known yet. */
export function allCaps({ emulators, caps }: QemuDriver): Promise<QemuCaps[]> {
  return Promise.all([...emulators.values()].map((emulator) => caps.get(emulator)));
}
