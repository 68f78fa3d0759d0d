import type { DomainDef } from "./domain/def.ts";
import type { Disk } from "./domain/devices/disk.ts";

/** The file or device behind a disk. */
export function diskPath({ source }: Disk): string | undefined {
  if (!source) return undefined;
  if ("file" in source) return source.file;
  return "dev" in source ? source.dev : undefined;
}

/** Whether there is no image in a drive. */
export function isEmptyDrive(disk: Disk): boolean {
  const { source } = disk;
  return !source || (("file" in source || "dev" in source) && diskPath(disk) === undefined);
}

/** A disk by what it is called in the guest, or by the path of its image if no other disk has that, too. */
export function findGuestDisk({ devices: { disks } }: DomainDef, name: string): Disk | undefined {
  if (!name.startsWith("/")) return disks.find(({ target }) => target.dev === name);
  const found = disks.filter((disk) => diskPath(disk) === name);
  return found.length === 1 ? found[0] : undefined;
}
