import type { AddressOf } from "../address.ts";
import type { DomainDef } from "../def.ts";
import type { Hostdev } from "../devices/hostdev.ts";
import { unsupported } from "../errors.ts";

/** Units a SCSI controller has a drive on, by controller number. */
function isTaken(def: DomainDef, wanted: AddressOf<"drive">): boolean {
  const same = (address: DomainDef["devices"]["disks"][number]["address"]) =>
    address?.type === "drive" &&
    address.controller === wanted.controller &&
    address.bus === wanted.bus &&
    address.target === wanted.target &&
    address.unit === wanted.unit;
  return (
    def.devices.disks.some((disk) => disk.target.bus === "scsi" && same(disk.address)) ||
    def.devices.hostdevs.some((each) => each.type === "scsi" && same(each.address))
  );
}

const unitsPerController = 7;

/** SCSI devices of the host take the first free unit of the first controller that has one. */
export function fillHostdev(hostdev: Hostdev, def: DomainDef): void {
  if (hostdev.mode !== "subsystem") return;
  hostdev.managed ??= false;
  if (hostdev.type !== "scsi" || hostdev.address !== undefined) return;
  for (let controller = 0; ; controller++) {
    for (let unit = 0; unit < unitsPerController; unit++) {
      const address: AddressOf<"drive"> = { type: "drive", controller, bus: 0, target: 0, unit };
      if (!isTaken(def, address)) {
        hostdev.address = address;
        return;
      }
    }
    if (controller > 1024) throw unsupported("Cannot find any free SCSI address");
  }
}
