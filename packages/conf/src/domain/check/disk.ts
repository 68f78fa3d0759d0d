import type { DomainDef } from "../def.ts";
import type { Disk } from "../devices/disk.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";
import { diskIndex, hasPartition } from "../fill/disk-name.ts";

/** Sense of the disks, one by one and together. */
export function checkDisks({ devices }: DomainDef): void {
  const names = new Map<string, Disk>();
  for (const disk of devices.disks) {
    checkDisk(disk);
    const dev = disk.target.dev ?? "";
    const other = names.get(dev);
    if (other) {
      throw xmlError(`target '${dev}' duplicated for disk sources '${pathOf(other)}' and '${pathOf(disk)}'`);
    }
    names.set(dev, disk);
  }
}

function checkDisk(disk: Disk): void {
  const { target, device } = disk;
  if (target.dev === undefined) throw internalError("missing target dev for disk");
  if (device === "lun" && disk.type !== "block" && disk.type !== "network" && disk.type !== "volume") {
    throw unsupported("disk device='lun' is only valid for block type disk source");
  }
  if (diskIndex(target.dev) !== undefined && hasPartition(target.dev)) {
    throw unsupported(`invalid disk target '${target.dev}', partitions can't appear in disk targets`);
  }
}

function pathOf(disk: Disk): string {
  if (disk.type === "file") return disk.source?.file ?? "(null)";
  if (disk.type === "block") return disk.source?.dev ?? "(null)";
  return "(null)";
}
