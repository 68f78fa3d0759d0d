import type { AddressOf } from "../address.ts";
import type { Disk, DiskBus } from "../devices/disk.ts";
import { xmlError } from "../errors.ts";
import { diskIndex, diskPrefix } from "./disk-name.ts";

const busOfPrefix: { readonly [prefix: string]: DiskBus } = {
  hd: "ide",
  sd: "scsi",
  vd: "virtio",
  xvd: "xen",
  ubd: "uml",
};

/** The bus a disk is on when only its name tells. */
export function defaultBus({ device, target }: Disk): DiskBus {
  if (device === "floppy") return "fdc";
  return busOfPrefix[diskPrefix(target.dev ?? "") ?? ""] ?? "ide";
}

/** Bus, protection and place of a disk, as far as they follow from its name. */
export function fillDisk(disk: Disk): void {
  const { target } = disk;
  target.bus ??= defaultBus(disk);
  if (disk.device === "cdrom") disk.readonly = true;
  if (disk.type === "vhostuser") disk.snapshot ??= "no";
  if (disk.type === "network" && disk.source === undefined) {
    // An empty drive is of no particular kind.
    const { source: _source, ...rest } = disk;
    Object.assign(disk, { ...rest, type: "file" });
  }
  if (disk.address === undefined) disk.address = driveAddress(disk);
}

/**
 * Where drives go on the controllers that have fixed places; `undefined` for the others.
 * @throws VirError XML_ERROR when the name is no disk's
 */
export function driveAddress(disk: Disk): AddressOf<"drive"> | undefined {
  const { bus, dev = "" } = disk.target;
  const index = diskIndex(dev);
  if (index === undefined) throw xmlError(`Unknown disk name '${dev}' and no address specified`);
  if (bus !== "ide" && bus !== "sata" && bus !== "fdc" && bus !== "scsi") return undefined;
  const at = (controller: number, busNumber: number, unit: number): AddressOf<"drive"> => ({
    type: "drive",
    controller,
    bus: busNumber,
    target: 0,
    unit,
  });
  if (bus === "ide") return at(Math.floor(index / 4), Math.floor((index % 4) / 2), index % 2);
  if (bus === "sata") return at(Math.floor(index / 6), 0, index % 6);
  if (bus === "fdc") return at(Math.floor(index / 2), 0, index % 2);
  return at(Math.floor(index / 7), 0, index % 7);
}
