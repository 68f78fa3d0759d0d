import type { DomainDef } from "../def.ts";
import type { AnyDevice } from "../device.ts";
import type { Controller } from "../devices/controller.ts";
import type { Disk } from "../devices/disk.ts";
import { unsupported, xmlDetail, xmlError } from "../errors.ts";
import { fillConsoles } from "./consoles.ts";
import { addController, addHostdevControllers, mostControllers } from "./controllers.ts";
import type { FillFlags, FillOptions } from "./fill.ts";
import { fillMemory } from "./memory.ts";

/**
 * What only makes sense once all devices are settled: memory, boot order, devices others need.
 * @param fillOne runs the per-device rules for a device that is added here
 */
export function fillDomainCommon(
  def: DomainDef,
  flags: Pick<FillOptions, "noStubConsole"> & FillFlags,
  fillOne: (device: AnyDevice) => void,
): void {
  fillMemory(def, flags);
  rejectDuplicateControllers(def.devices.controllers);
  rejectUsbDevices(def);
  fillBoot(def);
  const serial = flags.noStubConsole ? undefined : fillConsoles(def);
  if (serial) fillOne({ kind: "serial", device: serial });
  for (const controller of addNeededControllers(def)) fillOne({ kind: "controller", device: controller });
  fillVideos(def, fillOne);
}

/** The controller that says: no USB at all. */
const isUsbOff = (controller: Controller): boolean =>
  controller.type === "usb" && controller.model === "none";

/** What plugs into USB needs USB. */
function rejectUsbDevices({ devices }: DomainDef): void {
  if (!devices.controllers.some(isUsbOff)) return;
  if (devices.hubs.length > 0) throw unsupported("Can't add USB hub: USB is disabled for this domain");
  if (devices.inputs.some(({ bus }) => bus === "usb")) {
    throw unsupported("Can't add USB input device. USB bus is disabled");
  }
}

function rejectDuplicateControllers(controllers: readonly Controller[]): void {
  const usb = controllers.filter((each) => each.type === "usb");
  if (usb.some(isUsbOff) && !usb.every(isUsbOff)) {
    throw xmlDetail("Can't add another USB controller: USB is disabled for this domain");
  }
  const seen = new Set<string>();
  for (const { type, index = 0 } of controllers) {
    if (type === "usb") continue; // their companions share a number
    const key = `${type} ${index}`;
    if (seen.has(key)) throw xmlError(`Multiple '${type}' controllers with index '${index}'`);
    seen.add(key);
  }
}

/** Devices of which each may carry `<boot order=…>`. */
function bootables({ devices }: DomainDef) {
  return [
    ...devices.disks,
    ...devices.interfaces,
    ...devices.hostdevs,
    ...devices.redirdevs,
    ...devices.filesystems,
  ];
}

/** Without any word about booting the disk is booted; a boot loader outside the guest decides by itself. */
function fillBoot(def: DomainDef): void {
  const { os } = def;
  if (def.bootloader !== undefined) return;
  if (os.type.name !== "hvm" && os.type.name !== "xenpvh") return;
  const orders = bootables(def).flatMap(({ boot }) => (boot ? [boot.order] : []));
  const seen = new Set<number>();
  for (const order of orders) {
    if (seen.has(order)) throw unsupported(`boot order '${order}' used for more than one device`);
    seen.add(order);
  }
  if (orders.length > 0 && os.boots.length > 0) {
    throw unsupported("per-device boot elements cannot be used together with os/boot elements");
  }
  if (orders.length === 0 && os.boots.length === 0) os.boots.push({ dev: "hd" });
}

const driveBuses = { scsi: "scsi", fdc: "fdc", ide: "ide", sata: "sata" } as const;

/** Controllers that must exist because something is plugged into them. */
function addNeededControllers(def: DomainDef): Controller[] {
  const { devices } = def;
  const added: Controller[] = [];
  const need = (controller: Controller & { index: number }) => {
    const made = addController(def, controller);
    if (made) added.push(made);
  };
  for (const bus of ["scsi", "fdc", "ide", "sata"] as const) {
    const highest = highestController(devices.disks, bus);
    for (let index = 0; index <= highest; index++) need({ type: driveBuses[bus], index });
  }
  for (const each of [...devices.channels, ...devices.consoles]) {
    if (each.target?.type !== "virtio") continue;
    const index = each.address?.type === "virtio-serial" ? each.address.controller : 0;
    need({ type: "virtio-serial", index });
  }
  const cards = devices.smartcards;
  for (const card of cards) {
    const index = card.address?.type === "ccid" ? card.address.controller : 0;
    need({ type: "ccid", index });
  }
  added.push(...addHostdevControllers(def));
  return added;
}

function highestController(disks: readonly Disk[], bus: keyof typeof driveBuses): number {
  let highest = -1;
  for (const { target, address } of disks) {
    if (target.bus === bus && address?.type === "drive") highest = Math.max(highest, address.controller);
  }
  checkIndex(bus, highest);
  return highest;
}

// differs: libvirt would add that many controllers
function checkIndex(type: string, index: number): void {
  if (index > mostControllers) throw unsupported(`${type} controller index ${index} is out of range`);
}

/** A guest with a display has a card; the first card is the primary one. */
function fillVideos(def: DomainDef, fillOne: (device: AnyDevice) => void): void {
  const { videos, graphics } = def.devices;
  if (videos.length === 0 && graphics.length > 0) {
    const video = { model: { type: "default" as const, heads: 1 } };
    videos.push(video);
  } else if (videos.length === 0) return;
  const primaries = videos.filter(({ model }) => model?.primary);
  if (primaries.length > 1) throw unsupported("Only one primary video device is supported");
  const primary = primaries[0] ?? videos[0];
  if (primary?.model) primary.model.primary = true;
  if (primary) {
    videos.splice(videos.indexOf(primary), 1);
    videos.unshift(primary);
    fillOne({ kind: "video", device: primary });
  }
}
