import {
  type AnyDevice,
  allDevices,
  type DomainDef,
  insertDevice,
  removeDevice,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { assignAliases } from "../address/aliases.ts";
import { assignAddresses } from "../address/assign.ts";
import type { HostPci } from "../address/pci-needs.ts";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { numberImages } from "../command/block-indexes.ts";

/** Named after what they are or where they are, not by a count. */
const namedByPlace: ReadonlySet<AnyDevice["kind"]> = new Set(["disk", "controller"]);

/**
 * Puts a filled-in device into a running guest's definition: it gets a place, an alias, numbers for its block nodes.
 * @throws VirError INTERNAL_ERROR when there is no room; then the definition is as before
 */
export function placeDevice(def: DomainDef, each: AnyDevice, caps: QemuCaps, host: HostPci = {}): void {
  if (each.kind === "watchdog") checkWatchdog(def, each.device.action);
  const before = new Set(def.devices.controllers);
  const number = namedByPlace.has(each.kind) ? undefined : nextNumber(def, each);
  insertDevice(def.devices, each);
  try {
    assignAddresses(def, caps, { ...host, isNew: true });
    // Buses cannot be added to a guest that runs; adapters can.
    const added = def.devices.controllers.filter((c) => !before.has(c) && c !== each.device);
    if (added.some(({ type }) => type === "pci"))
      throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INTERNAL_ERROR, "No more available PCI slots");
    assignAliases(def);
    const device = each.device as { alias?: string | undefined }; // every kind has one
    if (number !== undefined && !device.alias?.startsWith("ua-"))
      device.alias = device.alias?.replace(/\d+$/, String(number));
    if (each.kind === "disk") numberImages(def, each.device);
  } catch (error) {
    removeDevice(def.devices, each);
    for (const controller of def.devices.controllers.filter((c) => !before.has(c)))
      removeDevice(def.devices, { kind: "controller", device: controller });
    throw error;
  }
}

/** One more than the highest of its kind: a number is not used again while others count on. */
function nextNumber({ devices }: DomainDef, { kind }: AnyDevice): number {
  const numbers = allDevices(devices)
    .filter((each) => each.kind === kind)
    .map(({ device }) => /^(?!ua-).*?(\d+)$/.exec((device as { alias?: string }).alias ?? "")?.[1]); // as above
  return Math.max(-1, ...numbers.flatMap((text) => (text === undefined ? [] : [Number(text)]))) + 1;
}

/** QEMU has one action for all its watchdogs. */
function checkWatchdog({ devices }: DomainDef, action: string | undefined): void {
  const known = devices.watchdogs[0];
  if (known !== undefined && known.action !== action)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.CONFIG_UNSUPPORTED,
      "watchdog devices with different actions are not supported by QEMU",
    );
}
