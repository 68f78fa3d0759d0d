import { type DomainDef, unlimitedKiB } from "@libvirt-ts/conf/domain";
import { isPseries } from "../device/machine.ts";

const gibKiB = 1024 * 1024;
const KIB = 1024n;
/** No limit at all. */
export const unlimitedLock = BigInt(unlimitedKiB);

/**
 * How much memory QEMU must be allowed to lock: devices of the host reach all of the guest's, at fixed addresses.
 * @returns bytes; 0n leaves the limit as it is
 */
export function lockedMemoryBytes(def: DomainDef): bigint {
  const hard = def.memtune?.hardLimitKiB;
  if (hard !== undefined) return BigInt(hard) * KIB;
  // Nobody can tell how much QEMU needs for itself.
  if (def.memoryBacking?.locked) return unlimitedLock;
  if (def.os.type.arch?.startsWith("ppc64") && def.type === "kvm") return BigInt(pseriesKiB(def)) * KIB;
  const vfio = vfioDevices(def);
  const vdpa = def.devices.interfaces.filter(({ type }) => type === "vdpa").length;
  // Behind a virtual IOMMU each device has mappings of its own; else those of VFIO share one.
  const shares = vdpa + (def.devices.iommus.length > 0 ? vfio : Math.min(vfio, 1));
  // The last gibibyte is for the memory of emulated devices.
  return shares === 0 ? 0n : BigInt(shares * def.memoryKiB + gibKiB) * KIB;
}

function vfioDevices({ devices }: DomainDef): number {
  const hostdevs = devices.hostdevs.filter(({ type }) => type === "pci" || type === "mdev").length;
  const cards = devices.interfaces.filter(
    (net) => net.type === "hostdev" || net.actual?.type === "hostdev",
  ).length;
  return hostdevs + cards + devices.disks.filter(({ type }) => type === "nvme").length;
}

/** Page tables of pSeries guests live in locked memory of the host: one of the guest's memory, one of each PCI bus. */
function pseriesKiB(def: DomainDef): number {
  const bridges = isPseries(def)
    ? def.devices.controllers.filter((c) => c.type === "pci" && c.model === "pci-root").length
    : 0;
  const largest = def.maxMemory?.sizeKiB ?? def.memoryKiB;
  const base = Math.floor(largest / 128) + 4096 * bridges + 8192;
  if (vfioDevices(def) === 0) return base;
  const mapped = def.memoryKiB + Math.floor(def.memoryKiB / 512) * bridges + 8192;
  return base + Math.max(2 * gibKiB * bridges, mapped);
}
