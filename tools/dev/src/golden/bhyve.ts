import {
  type Address,
  type AnyDevice,
  addController,
  allDevices,
  type DomainDef,
  type DomainHooks,
  diskIndex,
  isUnsetPci,
  type PciAddress,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** What is asked of FreeBSD's bhyve when a guest is filled in. */
export interface BhyveCaps {
  /** A SATA controller takes 32 disks, otherwise one. */
  readonly hasAhci32Slots: boolean;
}

/** What bhyve's driver adds to the general rules: controllers, disk places, one PCI bus of 32 slots. */
export function bhyveHooks(caps: BhyveCaps): DomainHooks {
  return {
    domain(def) {
      addController(def, { type: "pci", index: 0, model: "pci-root" });
      if (needsIsa(def)) addController(def, { type: "isa", index: 0 });
    },
    device: (each, def) => fillDevice(each, def, caps),
    addresses: assignSlots,
  };
}

/** Serial lines and the frame buffer of firmware sit behind the ISA bridge. */
const needsIsa = ({ os, bootloader, devices }: DomainDef): boolean =>
  (bootloader === undefined && os.loader !== undefined) ||
  devices.serials.length + devices.consoles.length > 0;

function fillDevice(each: AnyDevice, def: DomainDef, caps: BhyveCaps): void {
  const { kind, device } = each;
  if (kind === "disk" && device.target.bus === "sata" && device.address === undefined) {
    const index = diskIndex(device.target.dev ?? "");
    if (index === undefined) return;
    const controller = caps.hasAhci32Slots ? Math.floor(index / 32) : index;
    const unit = caps.hasAhci32Slots ? index % 32 : 0;
    device.address = { type: "drive", controller, bus: 0, target: 0, unit };
  }
  if (kind === "video" && device.model?.type === "default")
    device.model = { ...device.model, type: def.os.loader ? "gop" : "vga" };
}

/** Slots in the order bhyve's driver hands them out; what is written keeps its own. */
function assignSlots(def: DomainDef): void {
  const all = allDevices(def.devices);
  const taken = new Set([0]);
  for (const { device } of all) {
    const address = placeOf(device);
    if (address?.type === "pci" && !isUnsetPci(address)) taken.add(address.slot);
  }
  const isaBridges = def.devices.controllers.filter(({ type }) => type === "isa");
  if (!taken.has(1)) {
    // Kept free for the ISA bridge, even where there is none.
    taken.add(1);
    for (const bridge of isaBridges) bridge.address ??= pci(1);
  }
  const { devices } = def;
  const inNeed = [
    ...devices.controllers.filter(({ type }) => type !== "pci"),
    ...devices.interfaces,
    ...devices.disks.filter(({ target }) => target.bus === "virtio"),
    ...devices.hostdevs,
    ...devices.videos,
    ...devices.sounds,
    ...devices.filesystems,
    ...devices.rngs,
  ];
  for (const device of inNeed) {
    if (device.address !== undefined && !isUnsetPci(device.address)) continue;
    const slot = firstFree(taken);
    taken.add(slot);
    device.address = pci(slot);
  }
}

const placeOf = (device: AnyDevice["device"]): Address | undefined =>
  "address" in device ? (device.address as Address | undefined) : undefined; // of every device that has one

function firstFree(taken: ReadonlySet<number>): number {
  for (let slot = 1; slot < 32; slot++) if (!taken.has(slot)) return slot;
  throw new VirError(ErrorDomain.BHYVE, ErrorCode.INTERNAL_ERROR, "No more available PCI slots");
}

const pci = (slot: number): PciAddress => ({ type: "pci", domain: 0, bus: 0, slot, function: 0 });
