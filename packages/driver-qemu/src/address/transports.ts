import {
  type Address,
  type AnyDevice,
  allDevices,
  type DeviceKind,
  type DomainDef,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { ccwNumber } from "../device/address-props.ts";
import { hasPcieRoot, isArmVirt, isPseries, isRiscvVirt, isS390Ccw } from "../device/machine.ts";

interface Placeable {
  address?: Address | undefined;
}

const placeable = (each: AnyDevice): Placeable => each.device as Placeable; // every kind may have an address, some never do

/** Is it a device that speaks virtio, and so could use another transport than PCI? */
function isVirtio(each: AnyDevice): boolean {
  switch (each.kind) {
    case "disk":
      return each.device.target.bus === "virtio";
    case "interface":
      return each.device.model?.startsWith("virtio") === true && each.device.type !== "hostdev";
    case "input":
      return each.device.bus === "virtio";
    case "controller":
      return (
        each.device.type === "virtio-serial" ||
        (each.device.type === "scsi" && each.device.model?.startsWith("virtio") === true)
      );
    case "memballoon":
      return each.device.model.startsWith("virtio");
    case "rng":
    case "filesystem":
    case "vsock":
    case "crypto":
      return true;
    case "video":
      return each.device.model?.type === "virtio";
    case "sound":
      return each.device.model === "virtio";
    case "memory":
      return each.device.model === "virtio-mem" || each.device.model === "virtio-pmem";
    case "hostdev":
      return each.device.type === "scsi_host";
    default:
      return false;
  }
}

/** Order in which numbers are given out. */
const order: readonly DeviceKind[] = [
  "disk",
  "interface",
  "sound",
  "hostdev",
  "video",
  "controller",
  "smartcard",
  "serial",
  "parallel",
  "channel",
  "console",
  "input",
  "filesystem",
  "watchdog",
  "memballoon",
  "rng",
  "nvram",
  "hub",
  "shmem",
  "memory",
  "panic",
  "tpm",
  "iommu",
  "vsock",
  "crypto",
  "pstore",
];

const inOrder = (def: DomainDef): AnyDevice[] =>
  allDevices(def.devices).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** Channel devices of s390: `fe.0.NNNN`, counting up. */
export function assignCcwAddresses(def: DomainDef, caps: QemuCaps): void {
  if (!isS390Ccw(def) || !caps.flags.has("virtio-ccw")) return;
  const taken = new Set<string>();
  const devices = inOrder(def);
  for (const each of devices) {
    const { address } = placeable(each);
    if (address === undefined && (isVirtio(each) || isVfioCcw(each)))
      placeable(each).address = { type: "ccw" };
    if (address?.type !== "ccw" || address.devno === undefined) continue;
    const number = ccwNumber(address);
    if (taken.has(number)) {
      throw new VirError(
        ErrorDomain.DOMAIN,
        ErrorCode.XML_ERROR,
        `The CCW devno '${number}' is in use already`,
      );
    }
    taken.add(number);
  }
  for (const each of devices) {
    const { address } = placeable(each);
    if (address?.type !== "ccw" || address.devno !== undefined) continue;
    let devno = 0;
    while (taken.has(ccwNumber({ cssid: 0xfe, ssid: 0, devno }))) devno++;
    const chosen = { cssid: 0xfe, ssid: 0, devno };
    taken.add(ccwNumber(chosen));
    Object.assign(address, chosen);
  }
}

const isVfioCcw = (each: AnyDevice) =>
  each.kind === "hostdev" && each.device.type === "mdev" && each.device.model === "vfio-ccw";

/** Boards without PCI, and guests that already use it, get virtio-mmio. */
export function assignMmioAddresses(def: DomainDef, caps: QemuCaps): void {
  const { arch = "", machine = "" } = def.os.type;
  const isArm = arch === "aarch64" || arch.startsWith("armv");
  if (!(isArm && (machine.startsWith("vexpress-") || isArmVirt(def))) && !isRiscvVirt(def)) return;
  if (!caps.flags.has("virtio-mmio")) return;
  const devices = allDevices(def.devices);
  const uses = devices.some((each) => placeable(each).address?.type === "virtio-mmio");
  if (hasPcieRoot(def) && !uses) return;
  for (const each of devices) if (isVirtio(each)) placeable(each).address ??= { type: "virtio-mmio" };
}

/** Registers of the virtual I/O bus of pSeries guests. */
export function assignSpaprAddresses(def: DomainDef): void {
  const taken = new Set<bigint>();
  const { controllers, interfaces, serials, nvram } = def.devices;
  for (const each of allDevices(def.devices)) {
    const { address } = placeable(each);
    if (address?.type !== "spapr-vio" || address.reg === undefined) continue;
    if (taken.has(address.reg)) {
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.XML_ERROR,
        `spapr-vio address 0x${address.reg.toString(16)} already in use`,
      );
    }
    taken.add(address.reg);
  }
  if (!isPseries(def)) return;
  const assign = (device: Placeable, first: bigint) => {
    const { address } = device;
    if (address !== undefined && address.type !== "spapr-vio") return;
    if (address?.reg !== undefined) return;
    let reg = first;
    while (taken.has(reg)) reg += 0x1000n;
    taken.add(reg);
    device.address = { type: "spapr-vio", reg };
  };
  for (const net of interfaces) if (net.model === "spapr-vlan") assign(net, 0x1000n);
  for (const controller of controllers) {
    if (controller.type === "scsi" && controller.model === "ibmvscsi") assign(controller, 0x2000n);
  }
  for (const serial of serials) if (serial.target?.type === "spapr-vio-serial") assign(serial, 0x30000000n);
  if (nvram !== undefined) assign(nvram, 0x3000n);
}

/** Lowest free slot for each memory module. */
export function assignMemorySlots(def: DomainDef): void {
  const taken = new Set<number>();
  for (const { address } of def.devices.memories)
    if (address?.type === "dimm" && address.base !== undefined) taken.add(address.slot);
  const chosen = new Set<object>();
  for (const memory of def.devices.memories) {
    const { address } = memory;
    if (address?.type === "dimm") {
      taken.add(address.slot);
      chosen.add(memory);
    }
  }
  for (const memory of def.devices.memories) {
    if (chosen.has(memory) || memory.address !== undefined) continue;
    if (memory.model !== "dimm" && memory.model !== "nvdimm") continue;
    let slot = 0;
    while (taken.has(slot)) slot++;
    taken.add(slot);
    memory.address = { type: "dimm", slot };
  }
}
