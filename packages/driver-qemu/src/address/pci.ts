import {
  type AnyDevice,
  allDevices,
  type Controller,
  type DomainDef,
  type PciAddress,
  type PciController,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { hasPcieRoot, hasPciRoot, isI440fx, isPseries, isVirtBoard, supportsPci } from "../device/machine.ts";
import { findController, insertController } from "./controllers.ts";
import { isolationGroups } from "./isolation.ts";
import { isPlacedPci, placePci, reserveChipset, wantsPci } from "./pci-chipset.ts";
import { connect, type PciControllerModel } from "./pci-connect.ts";
import { type HostPci, type PciNeeds, pciNeeds } from "./pci-needs.ts";
import { PciAddressSet, type PciPlace } from "./pci-set.ts";
import { fillPciTargets } from "./pci-targets.ts";

/**
 * Gives every PCI device a place. A dry run finds out how many bridges and ports that takes; these are added to the
 * definition, then the places are really given.
 * @returns what is taken in the end; plugging in hot goes on from there
 */
export function assignPciAddresses(def: DomainDef, caps: QemuCaps, host: HostPci): PciAddressSet | undefined {
  if (!supportsPci(def)) return undefined;
  const roots = pciControllers(def);
  if (roots.length === 0) {
    refusePci(def, host);
    return undefined;
  }
  const highest = Math.max(...roots.map((c) => c.index ?? 0));
  const needs = pciNeeds(def, host);
  const groups = isolationGroups(def, host);

  const trial = createSet(def, caps, { size: highest + 1, dryRun: true, needs, groups });
  const isExact = reserveChipset(def, trial, needs);
  const chosen = placeAll(def, trial, needs, groups);
  const untouched = isExact && roots.length === trial.buses.length ? trial.forReal() : undefined;
  keepRoom(def, trial, highest);
  // Usually there are buses enough, and what the dry run found holds.
  const isEnough = untouched?.buses.length === trial.buses.length;
  const set = isEnough ? untouched : placeAgain(def, caps, { trial, needs, groups });
  if (isEnough) for (const { device, place, more } of chosen) placePci(device, place, more);
  markMultifunction(def);
  fillPciTargets(def);
  return set;
}

/** With all the controllers that a dry run has asked for. */
function placeAgain(
  def: DomainDef,
  caps: QemuCaps,
  { trial, needs, groups }: { trial: PciAddressSet; needs: PciNeeds; groups: PciNeeds },
): PciAddressSet {
  addControllers(def, trial, needs);
  const set = createSet(def, caps, { size: trial.buses.length, dryRun: false, needs, groups });
  reserveChipset(def, set, needs);
  for (const { device, place, more } of placeAll(def, set, needs, groups)) placePci(device, place, more);
  return set;
}

/** Without a PCI bus nothing may want one. */
function refusePci(def: DomainDef, host: HostPci) {
  const needs = pciNeeds(def, host);
  const wanting = allDevices(def.devices).some(
    (each) => needs(each) !== 0 && wantsPci(each.device as { address?: Controller["address"] }), // every kind may have one
  );
  if (wanting) throw new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, "No PCI buses available");
}

const pciControllers = (def: DomainDef) =>
  def.devices.controllers.filter((c): c is PciController => c.type === "pci");

interface SetOptions {
  size: number;
  dryRun: boolean;
  needs: PciNeeds;
  groups: PciNeeds;
}

function createSet(
  def: DomainDef,
  caps: QemuCaps,
  { size, dryRun, needs, groups }: SetOptions,
): PciAddressSet {
  const set = new PciAddressSet({
    dryRun,
    multipleRoots: isPseries(def),
    pcieToPciBridge: caps.flags.has("pcie-pci-bridge"),
  });
  const fallback: PciControllerModel = hasPcieRoot(def)
    ? "pcie-root-port"
    : isPseries(def)
      ? "pci-root"
      : "pci-bridge";
  for (let index = 0; index < size; index++) {
    const controller = findController(def, "pci", index);
    const model =
      controller?.model ?? (index === 0 ? (hasPcieRoot(def) ? "pcie-root" : "pci-root") : fallback);
    const bus = set.addBus(model, controller?.target?.hotplug !== false);
    // The bus every guest has is for what the host emulates.
    if (index === 0 && isPseries(def)) bus.isolationGroupLocked = true;
  }
  for (const each of allDevices(def.devices)) {
    const { address } = each.device as { address?: Controller["address"] }; // every kind may have one, some never do
    if (address?.type !== "pci" || !isPlacedPci({ address })) continue;
    if (each.kind === "controller" && isFixedInPiix3(each.device, def)) continue;
    const isolationGroup = groups(each);
    set.reserve(address, needs(each) || connect.pciDevice, { fromConfig: true, isolationGroup });
  }
  return set;
}

/** Reserved with the chipset. */
function isFixedInPiix3(controller: Controller, def: DomainDef): boolean {
  const { address } = controller;
  if (!isI440fx(def) || controller.index !== 0 || address?.type !== "pci") return false;
  if (address.domain !== 0 || address.bus !== 0 || address.slot !== 1) return false;
  if (controller.type === "ide") return address.function === 1;
  return (
    controller.type === "usb" &&
    address.function === 2 &&
    (controller.model === "piix3-uhci" || controller.model === undefined)
  );
}

interface Choice {
  device: { address?: Controller["address"] };
  place: PciPlace;
  more?: { multifunction: true };
}

/** Chooses for devices without a place, in the order guests have known for long. @returns what is to be recorded */
function placeAll(def: DomainDef, set: PciAddressSet, needs: PciNeeds, groups: PciNeeds): Choice[] {
  const { devices } = def;
  const chosen: Choice[] = [];
  // Where the parts of each USB 2 controller sit; a dry run records it nowhere else.
  const slots = companionSlots(def);
  const give = (each: AnyDevice) => {
    const device = each.device as { address?: Controller["address"] }; // as above
    const flags = needs(each);
    if (flags === 0 || !wantsPci(device)) return;
    chosen.push({ device, place: set.reserveNext(flags, groups(each)) });
  };
  for (const device of devices.controllers) {
    if (device.type === "pci" && device.model !== "pci-root" && device.model !== "pcie-root")
      give({ kind: "controller", device });
  }
  for (const device of devices.filesystems) give({ kind: "filesystem", device });
  for (const device of devices.interfaces) if (device.type !== "hostdev") give({ kind: "interface", device });
  for (const device of devices.sounds) give({ kind: "sound", device });
  for (const device of devices.controllers) {
    if (device.type === "pci" || device.type === "fdc" || device.type === "ccid") continue;
    if (isCompanion(device)) placeCompanion(device, { set, needs, slots, chosen });
    else give({ kind: "controller", device });
  }
  for (const device of devices.disks) give({ kind: "disk", device });
  for (const device of devices.interfaces) if (device.type === "hostdev") give({ kind: "interface", device });
  for (const device of devices.hostdevs) give({ kind: "hostdev", device });
  if (devices.memballoon) give({ kind: "memballoon", device: devices.memballoon });
  for (const device of devices.rngs) give({ kind: "rng", device });
  for (const device of devices.watchdogs) give({ kind: "watchdog", device });
  for (const device of devices.videos) give({ kind: "video", device });
  for (const device of devices.shmems) give({ kind: "shmem", device });
  for (const device of devices.inputs) give({ kind: "input", device });
  for (const device of devices.serials) give({ kind: "serial", device });
  for (const device of devices.iommus) give({ kind: "iommu", device });
  if (devices.vsock) give({ kind: "vsock", device: devices.vsock });
  for (const device of devices.memories) give({ kind: "memory", device });
  for (const device of devices.cryptos) give({ kind: "crypto", device });
  for (const device of devices.panics) give({ kind: "panic", device });
  if (devices.pstore) give({ kind: "pstore", device: devices.pstore });
  return chosen;
}

const companionFunctions: Readonly<Record<string, number>> = {
  "ich9-ehci1": 7,
  "ich9-uhci1": 0,
  "ich9-uhci2": 1,
  "ich9-uhci3": 2,
};

const isCompanion = (controller: Controller) =>
  controller.type === "usb" && companionFunctions[controller.model ?? ""] !== undefined;

/** Slots of USB 2 controllers that have one, by their index. */
function companionSlots(def: DomainDef): Map<number, PciPlace> {
  const slots = new Map<number, PciPlace>();
  for (const controller of def.devices.controllers) {
    const { address, index = 0 } = controller;
    if (isCompanion(controller) && address?.type === "pci" && isPlacedPci(controller) && !slots.has(index))
      slots.set(index, address);
  }
  return slots;
}

interface Placing {
  set: PciAddressSet;
  needs: PciNeeds;
  slots: Map<number, PciPlace>;
  chosen: Choice[];
}

/** All parts of one USB 2 controller are functions of one slot. */
function placeCompanion(controller: Controller, { set, needs, slots, chosen }: Placing) {
  if (!wantsPci(controller) || controller.type !== "usb") return;
  const flags = needs({ kind: "controller", device: controller });
  const index = controller.index ?? 0;
  const { domain, bus, slot } = slots.get(index) ?? set.findNext(flags);
  const place = { domain, bus, slot, function: companionFunctions[controller.model ?? ""] ?? 0 };
  slots.set(index, place);
  set.reserve(place, flags, { fromConfig: true });
  chosen.push({ device: controller, place, ...(place.function === 0 && { more: { multifunction: true } }) });
}

/** Room for one device to be plugged in later, where the guest did not arrange its buses itself. */
function keepRoom(def: DomainDef, set: PciAddressSet, highest: number) {
  if (hasPciRoot(def) && !isVirtBoard(def) && set.buses.some((_, i) => !set.isBusFull(i))) {
    set.reserveNext(connect.pciDevice | connect.autoAssign);
  }
  if (highest === 0 && set.buses.length > 1 && hasPcieRoot(def)) {
    set.reserveNext(connect.pcieDevice | connect.autoAssign | connect.hotpluggable);
  }
}

function addControllers(def: DomainDef, set: PciAddressSet, needs: PciNeeds) {
  for (let index = 1; index < set.buses.length; index++) {
    if (findController(def, "pci", index) !== undefined) continue;
    const model = set.buses[index]?.model;
    if (model === undefined) continue;
    const controller: PciController = { type: "pci", index, model };
    insertController(def, controller);
    const flags = needs({ kind: "controller", device: controller });
    if (flags !== 0) set.reserveNext(flags);
  }
}

/** Function 0 tells the guest to look for the others. */
function markMultifunction(def: DomainDef) {
  const firsts = new Map<number, PciAddress>();
  const others: PciAddress[] = [];
  for (const { device } of allDevices(def.devices)) {
    const { address } = device as { address?: Controller["address"] }; // as above
    if (address?.type !== "pci") continue;
    if (address.function !== 0) others.push(address);
    else if (!firsts.has(slotNumber(address))) firsts.set(slotNumber(address), address);
  }
  for (const address of others) {
    const first = firsts.get(slotNumber(address));
    if (first) first.multifunction ??= true;
  }
}

const slotNumber = ({ domain, bus, slot }: PciPlace): number => (domain * 256 + bus) * 32 + slot;
