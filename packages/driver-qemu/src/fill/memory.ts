import type { DomainDef, MemoryDevice } from "@libvirt-ts/conf/domain";
import { isPseries } from "../device/machine.ts";

const mib = 1024;

/** Modules come in blocks of this many KiB. */
export const moduleBlockKiB = (def: DomainDef): number =>
  def.os.type.arch?.startsWith("ppc64") ? 256 * mib : 2 * mib;

/** Rounds a module up to whole blocks; an NVDIMM of a pSeries guest down, its label area not counted. */
export function alignModule({ model, target }: MemoryDevice, def: DomainDef): void {
  if (target?.sizeKiB === undefined) return;
  const block = moduleBlockKiB(def);
  if (model === "nvdimm" && isPseries(def)) {
    const labelKiB = target.label?.sizeKiB ?? 0;
    target.sizeKiB = Math.floor((target.sizeKiB - labelKiB) / block) * block + labelKiB;
  } else target.sizeKiB = Math.ceil(target.sizeKiB / block) * block;
}

/** Processors of no node are the first node's. */
export function fillNodeCpus({ cpu, vcpu }: DomainDef): void {
  const [first, ...others] = cpu?.numa?.cells ?? [];
  if (!first) return;
  const taken = new Set(others.flatMap(({ cpus = [] }) => cpus));
  const own = new Set(first.cpus);
  if (own.size + taken.size >= vcpu.count) return;
  for (let id = 0; id < vcpu.count; id++) if (!taken.has(id)) own.add(id);
  first.cpus = [...own].sort((a, b) => a - b);
}

/** Memory can only be plugged into a NUMA node: a new guest that wants that has one. */
export function addNumaNode(def: DomainDef): void {
  if (def.maxMemory === undefined || (def.cpu?.numa?.cells.length ?? 0) > 0) return;
  const modules = def.devices.memories.reduce((sum, { target }) => sum + (target?.sizeKiB ?? 0), 0);
  const cpus = Array.from({ length: def.vcpu.count }, (_, i) => i);
  def.cpu ??= { features: [] };
  for (const { target } of def.devices.memories) if (target !== undefined) target.node ??= 0;
  def.cpu.numa = { cells: [{ id: 0, cpus, memoryKiB: def.memoryKiB - modules, caches: [] }] };
}
