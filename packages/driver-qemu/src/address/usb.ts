import type { Address, Controller, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

interface Placeable {
  address?: Address | undefined;
}

const refuse = (detail: string) => new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, detail);

const portCounts: Readonly<Record<string, number>> = {
  "piix3-uhci": 2,
  "piix4-uhci": 2,
  "vt82c686b-uhci": 2,
  ehci: 6,
  "ich9-ehci1": 6,
  "pci-ohci": 3,
  "nec-xhci": 4,
  "qemu-xhci": 4,
};
const hubPorts = 8;

interface Hub {
  taken: boolean[];
  /** Hubs behind ports. */
  hubs: Map<number, Hub>;
}

const newHub = (ports: number): Hub => ({
  taken: Array.from({ length: ports }, () => false),
  hubs: new Map(),
});

/** What is plugged into which port of which USB bus of a guest. */
export class UsbAddressSet {
  readonly #buses = new Map<number, Hub>();

  addController(controller: Controller): void {
    if (controller.type !== "usb" || controller.model === "none") return;
    const ports = controller.ports ?? portCounts[controller.model ?? ""];
    // Companions have no ports of their own.
    if (ports === undefined || controller.masterStartPort !== undefined) return;
    const index = controller.index ?? 0;
    if (this.#buses.has(index)) throw refuse(`Duplicate USB controllers with index ${index}`);
    this.#buses.set(index, newHub(ports));
  }

  get isEmpty(): boolean {
    return this.#buses.size === 0;
  }

  /** Ports of all controllers, taken or not. */
  get portCount(): number {
    return [...this.#buses.values()].reduce((sum, hub) => sum + hub.taken.length, 0);
  }

  /** @throws VirError XML/XML_ERROR if the port is missing or taken */
  reserve(bus: number, port: string, isHub: boolean): void {
    const path = port.split(".").map(Number);
    let hub = this.#buses.get(bus);
    if (hub === undefined) throw refuse(`Missing USB bus ${bus}`);
    for (const number of path.slice(0, -1)) {
      hub = hub.hubs.get(number);
      if (hub === undefined)
        throw refuse(`there is no hub at port ${number} in USB address bus: ${bus} port: ${port}`);
    }
    const last = path.at(-1) ?? 0;
    if (last < 1 || last > hub.taken.length)
      throw refuse(`requested USB port ${port} not present on USB bus ${bus}`);
    if (hub.taken[last - 1]) throw refuse(`Duplicate USB address bus ${bus} port ${port}`);
    hub.taken[last - 1] = true;
    if (isHub) hub.hubs.set(last, newHub(hubPorts));
  }

  /** Lowest free port, on `bus` if given; ports of controllers before those of hubs. */
  reserveNext(bus: number | undefined, isHub: boolean): { bus: number; port: string } {
    for (const [number, hub] of this.#buses) {
      if (bus !== undefined && bus !== number) continue;
      const port = findFree(hub);
      if (port === undefined) continue;
      this.reserve(number, port, isHub);
      return { bus: number, port };
    }
    throw refuse("No free USB ports");
  }
}

function findFree(hub: Hub): string | undefined {
  const free = hub.taken.indexOf(false);
  if (free >= 0) return String(free + 1);
  for (const [port, behind] of [...hub.hubs].sort(([a], [b]) => a - b)) {
    const found = findFree(behind);
    if (found !== undefined) return `${port}.${found}`;
  }
  return undefined;
}

/** USB devices in the order they get their ports. */
function usbDevices(def: DomainDef): { device: Placeable; isHub: boolean }[] {
  const { devices } = def;
  const found: { device: Placeable; isHub: boolean }[] = [];
  const add = (device: Placeable) => found.push({ device, isHub: false });
  for (const device of devices.hubs) found.push({ device, isHub: true });
  for (const each of devices.disks) if (each.target.bus === "usb") add(each);
  for (const each of devices.interfaces) if (each.model === "usb-net") add(each);
  for (const each of devices.sounds) if (each.model === "usb") add(each);
  for (const each of devices.hostdevs) if (each.type === "usb") add(each);
  for (const each of devices.controllers) if (each.type === "ccid") add(each);
  for (const each of devices.serials) if (each.target?.type === "usb-serial") add(each);
  for (const each of devices.inputs) if (each.bus === "usb") add(each);
  for (const each of devices.filesystems) if (each.driver?.type === "mtp") add(each);
  for (const each of devices.redirdevs) add(each);
  return found;
}

/** Ports are counted from 1; another number says no more than none. */
const portOf = ({ address }: Placeable) =>
  address?.type === "usb" && Number.parseInt(address.port ?? "", 10) > 0 ? address.port : undefined;

/**
 * Gives USB devices their ports; hubs are added until all fit.
 * @param isNew definitions from times without USB addresses stay without, unless all devices have one
 */
export function assignUsbAddresses(def: DomainDef, isNew: boolean): UsbAddressSet | undefined {
  const existing = usbDevices(def);
  if (!isNew && existing.some(({ device }) => portOf(device) === undefined)) return undefined;
  const set = new UsbAddressSet();
  for (const controller of def.devices.controllers) set.addController(controller);
  if (set.isEmpty) return undefined;
  if (existing.length === 0) return set;
  const placed = existing.filter(({ device }) => portOf(device) !== undefined);
  // A hub must be known before what is plugged into it.
  const depth = (device: Placeable) => (portOf(device) ?? "").split(".").length;
  for (const { device, isHub } of placed.toSorted(
    (a, b) => Number(b.isHub) - Number(a.isHub) || depth(a.device) - depth(b.device),
  )) {
    if (device.address?.type === "usb") set.reserve(device.address.bus, device.address.port ?? "", isHub);
  }
  const available = set.portCount + hubPorts * def.devices.hubs.length;
  if (existing.length > available) {
    const hubs = Math.ceil((existing.length - available + 1) / (hubPorts - 1));
    for (let i = 0; i < hubs; i++) def.devices.hubs.push({ type: "usb" });
  }
  for (const { device, isHub } of usbDevices(def)) {
    // What stands elsewhere is told so by whoever checks it.
    if (portOf(device) !== undefined) continue;
    if (!isHub && device.address && device.address.type !== "usb") continue;
    const bus = device.address?.type === "usb" ? device.address.bus : undefined;
    device.address = { type: "usb", ...set.reserveNext(bus, isHub) };
  }
  return set;
}
