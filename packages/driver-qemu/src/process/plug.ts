import {
  type AnyDevice,
  allDevices,
  checkNewDevice,
  type Disk,
  type DomainDef,
  domainDefCopy,
  fillNewDevice,
  type Interface,
  insertDevice,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { Undo } from "@libvirt-ts/util/undo";
import { assignAliases } from "../address/aliases.ts";
import { assignAddresses } from "../address/assign.ts";
import { assignNodeIndexes } from "../command/block-indexes.ts";
import { commandSettings } from "../command-settings.ts";
import { diskParts } from "../device/disk.ts";
import { actualType, netParts } from "../device/net.ts";
import { type DeviceContext, FdAllocator, type Part } from "../device/parts.ts";
import { qemuHooks } from "../fill/hooks.ts";
import type { Guest, QemuDomain } from "../guest.ts";
import { noMemory } from "../host-memory.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { fillContext } from "./definition.ts";
import { attachInterface } from "./interfaces.ts";
import { lockOneMore } from "./locks.ts";
import { giveDisk, takeBackImages } from "./ownership.ts";
import { isChardev, plugChardev, refuseTarget } from "./plug-chardev.ts";
import { addParts } from "./plug-parts.ts";
import { endChain } from "./prepare.ts";
import { GuestResources } from "./resources.ts";

const NO_MASTER_KEY = new Uint8Array(32);

/** A running guest that is being changed; whoever has it holds a job. */
export interface Plugging {
  readonly driver: QemuDriver;
  readonly domain: QemuDomain;
  readonly guest: Guest;
}

/**
 * Plugs a device into a running guest. Nothing is left behind when that fails.
 * @param each as it was written; filled in here
 * @throws VirError OPERATION_UNSUPPORTED for kinds that cannot be plugged in
 */
export async function plugDevice(plugging: Plugging, each: AnyDevice): Promise<void> {
  const { driver, domain, guest } = plugging;
  const undo = new Undo();
  try {
    switch (each.kind) {
      case "disk":
        refuseBus(each.device);
        await settle(plugging, each);
        await plugDisk(plugging, each.device, undo);
        break;
      case "interface":
        await settle(plugging, each);
        await plugInterface(plugging, each.device, undo);
        break;
      case "serial":
      case "channel":
      case "console":
        refuseTarget(each, domain.def);
        await settle(plugging, each);
        await plugChardev(plugging, each, undo);
        break;
      case "lease":
        if (domain.state.name === "running") undo.add(await lockOneMore(driver, domain, each.device));
        break;
      default:
        throw unpluggable(`live attach of device '${each.kind}' is not supported`);
    }
    undo.keep();
  } finally {
    await undo.run((err) => driver.log.warn({ err, domain: domain.name }, "clean-up step failed"));
  }
  insertDevice(domain.def.devices, each);
  if (each.kind === "lease") {
    driver.status.save(domain); // nothing that the guest or QEMU knows of
    return;
  }
  guest.facts.devices = await guest.monitor.devices();
  driver.status.save(domain);
  driver.events.emit("deviceAdded", domain, { devAlias: each.device.alias ?? "" });
}

export const unpluggable = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_UNSUPPORTED, detail);

function refuseBus({ device, target, transient }: Disk): void {
  const bus = target.bus ?? "";
  if (bus !== "virtio" && bus !== "scsi" && bus !== "usb")
    throw unpluggable(`disk bus '${bus}' cannot be hotplugged.`);
  if (device === "floppy") throw unpluggable("cdrom and floppy device hotplug isn't supported");
  if (transient !== undefined) throw unpluggable("transient disk hotplug isn't supported");
}

/** Defaults, a place and a name, as if the guest were made with the device; nothing else may have to come with it. */
async function settle({ driver, domain, guest }: Plugging, each: AnyDevice): Promise<void> {
  const context = fillContext(driver);
  const hooks = qemuHooks(context);
  const whole = domainDefCopy(domain.def);
  fillNewDevice(each, whole, { hooks, abiUpdate: true });
  insertDevice(whole.devices, each);
  if (each.kind === "interface") each.device.alias ??= nextAlias("net", domain.def.devices.interfaces);
  if (isChardev(each)) each.device.alias ??= nextAlias(each.kind, domain.def.devices[`${each.kind}s`]);
  if (each.kind === "disk" && each.device.target.bus === "scsi") requireController(each.device, whole);
  const count = allDevices(whole.devices).length;
  assignAddresses(whole, guest.facts.caps, context);
  if (allDevices(whole.devices).length > count)
    throw new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, "No more available PCI slots");
  checkNewDevice(each, whole);
  hooks.check?.(whole);
  assignAliases(whole);
  if (each.kind !== "disk") return;
  await endChain(each.device);
  assignNodeIndexes(whole);
}

/** One more than the highest: a number is not used again while others count on. */
function nextAlias(prefix: string, devices: readonly { alias?: string | undefined }[]): string {
  const number = (alias = "") => (alias.startsWith(prefix) ? Number(alias.slice(prefix.length)) : -1);
  const taken = devices.map(({ alias }) => number(alias)).filter((each) => Number.isInteger(each));
  return `${prefix}${Math.max(-1, ...taken) + 1}`;
}

function requireController({ address }: Disk, { devices }: DomainDef): void {
  const index = address?.type === "drive" ? address.controller : 0;
  const isThere = devices.controllers.some(({ type, index: own }) => type === "scsi" && own === index);
  if (!isThere) throw unpluggable(`the guest has no SCSI controller ${index}, and none can be plugged in`);
}

/** What builders of devices look at, for a guest that runs. */
export function plugContext({ driver, domain, guest }: Plugging, resources: GuestResources): DeviceContext {
  return {
    ...commandSettings(driver, guest.facts.paths, domain.id, noMemory),
    caps: guest.facts.caps,
    resources,
    def: domain.def,
    fds: new FdAllocator(guest.facts.fdSetIndex),
    passFds: true,
    bootIndexes: new Map(),
  };
}

/** The nodes and objects behind a disk, and last the disk. */
export const partsOfDisk = (plugging: Plugging, disk: Disk): Part[] =>
  diskParts(disk, plugContext(plugging, new GuestResources(NO_MASTER_KEY)));

/** Lets QEMU have the image of a disk: nobody else uses it while the guest runs, and its user owns it. */
export async function prepareImage(
  { driver, domain, guest }: Plugging,
  disk: Disk,
  undo: Undo,
): Promise<void> {
  if (domain.state.name === "running") undo.add(await lockOneMore(driver, domain, disk));
  const given = await giveDisk(driver, disk);
  guest.facts.formerOwners.push(...given);
  undo.add(async () => {
    await takeBackImages(driver, given);
    guest.facts.formerOwners.splice(
      0,
      Infinity,
      ...guest.facts.formerOwners.filter((one) => !given.includes(one)),
    );
  });
}

async function plugDisk(plugging: Plugging, disk: Disk, undo: Undo): Promise<void> {
  const taken = plugging.domain.def.devices.disks.some(({ target }) => target.dev === disk.target.dev);
  if (taken)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `target ${disk.target.dev} already exists`,
    );
  await prepareImage(plugging, disk, undo);
  await addParts(plugging.guest.monitor, partsOfDisk(plugging, disk), undo);
}

async function plugInterface(plugging: Plugging, net: Interface, undo: Undo): Promise<void> {
  const { driver, domain, guest } = plugging;
  const type = actualType(net);
  if (type !== "network" && type !== "bridge" && type !== "user")
    throw unpluggable(`hotplug of interface type of ${type} not implemented yet`);
  const alias = net.alias ?? "";
  const resources = new GuestResources(NO_MASTER_KEY);
  try {
    const tap = await attachInterface(driver, domain, net, undo);
    if (tap) resources.putTap(alias, tap);
    const context = plugContext(plugging, resources);
    await addParts(guest.monitor, netParts(net, context), undo, alias);
  } finally {
    resources.close();
  }
}
