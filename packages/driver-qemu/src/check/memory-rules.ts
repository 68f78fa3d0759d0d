import type { DomainDef, MemoryDevice } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isPseries } from "../device/machine.ts";
import { archOf, type DeviceRule, forEach, internalComplaint, type Rule } from "./rule.ts";

/** Guests whose memory other processes may map. */
export const hasSharedMemory = (def: DomainDef): boolean => {
  const cells = def.cpu?.numa?.cells ?? [];
  const general = def.memoryBacking?.access === "shared";
  if (cells.length === 0) return general || def.memoryBacking?.source === "memfd";
  return cells.every((cell) => (cell.memAccess ?? (general ? "shared" : undefined)) === "shared");
};

const cellsOf = (def: DomainDef): number => def.cpu?.numa?.cells.length ?? 0;

/** s390 takes memory devices without NUMA. */
const needsNuma = (def: DomainDef): boolean => !isPseries(def) && !archOf(def).startsWith("s390");

/** Modules are plugged into slots of the board; the others are PCI devices or lie elsewhere. */
const usesSlot = ({ model }: MemoryDevice): boolean => model === "dimm" || model === "nvdimm";

const node: DeviceRule<MemoryDevice> = ({ target, model }, def) => {
  const cells = cellsOf(def);
  if (target?.node === undefined)
    return cells > 0 && (model === "dimm" || model === "nvdimm" || model === "virtio-mem")
      ? "target NUMA node needs to be specified for memory device"
      : undefined;
  if (cells === 0 || target.node < cells) return undefined;
  const text = `can't add memory backend for guest node '${target.node}' as the guest has only '${cells}' NUMA nodes configured`;
  return new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_DETAIL, text);
};

const slot: DeviceRule<MemoryDevice> = (memory, { maxMemory }) => {
  const { address, model } = memory;
  if (maxMemory === undefined)
    return "cannot use/hotplug a memory device when domain 'maxMemory' is not defined";
  if (usesSlot(memory)) {
    if (address === undefined) return undefined;
    if (address.type !== "dimm") return "only 'dimm' addresses are supported for the pc-dimm device";
    const { slot: number = 0 } = address;
    const { slots = 0 } = maxMemory;
    return number >= slots ? `memory device slot '${number}' exceeds slots count '${slots}'` : undefined;
  }
  const isPlaced = address === undefined || address.type === "pci" || address.type === "ccw";
  if (model === "virtio-mem" && !isPlaced)
    return "only 'pci' and 'ccw' addresses are supported for the virtio-mem device";
  return model === "virtio-pmem" && !isPlaced
    ? "only 'pci' and 'ccw' addresses are supported for the virtio-pmem device"
    : undefined;
};

const backing: Rule = ({ memoryBacking: backing }) => {
  if (backing?.hugepages === undefined) return undefined;
  if (backing.allocation?.mode === "ondemand")
    return "hugepages are not allowed with memory allocation ondemand";
  return backing.source === "anonymous"
    ? "hugepages are not allowed with anonymous memory source"
    : undefined;
};

/** Rules for memory and what can be plugged in. */
export const memoryRules: readonly Rule[] = [
  backing,
  (def) =>
    def.memtune?.minGuaranteeKiB === undefined
      ? undefined
      : "Parameter 'min_guarantee' not supported by QEMU.",
  (def) =>
    def.maxMemory !== undefined && needsNuma(def) && cellsOf(def) === 0
      ? "At least one numa node has to be configured when enabling memory hotplug"
      : undefined,
  forEach((def) => def.devices.memories, slot, node),
  (def) =>
    def.maxMemory !== undefined && def.devices.memories.filter(usesSlot).length > (def.maxMemory.slots ?? 0)
      ? internalComplaint("failed to find an empty memory slot")
      : undefined,
];
