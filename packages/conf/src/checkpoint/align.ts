import { ErrorCode } from "@libvirt-ts/errors";
import type { Disk } from "../domain/devices/disk.ts";
import { findGuestDisk, isEmptyDrive } from "../moment-disks.ts";
import { type CheckpointDef, type CheckpointDisk, checkpointError } from "./checkpoint.ts";

const unsupported = (detail: string) => checkpointError(ErrorCode.CONFIG_UNSUPPORTED, detail);

/** Whether nothing is ever written to it. */
const isStill = (image: Disk): boolean => isEmptyDrive(image) || image.readonly === true;

/**
 * Settles which disks of the guest are watched, in the guest's order: those named, or all if none is.
 * @throws VirError CONFIG_UNSUPPORTED, INTERNAL_ERROR
 */
export function alignCheckpointDisks(def: CheckpointDef): void {
  const { domain } = def;
  if (!domain) throw checkpointError(ErrorCode.INTERNAL_ERROR, "missing domain in checkpoint");
  const guest = domain.devices.disks;
  const given = def.disks?.disks ?? [];
  if (given.length > guest.length) throw unsupported("too many disk checkpoint requests for domain");
  if (guest.length === 0) throw unsupported("domain must have at least one disk to perform checkpoints");
  const named = new Map<Disk, CheckpointDisk>();
  for (const disk of given) {
    const image = findGuestDisk(domain, disk.name);
    if (!image) throw unsupported(`no disk named '${disk.name}'`);
    if (named.has(image)) throw unsupported(`disk '${disk.name}' specified twice`);
    named.set(image, disk);
    if (isStill(image) && disk.checkpoint !== "no")
      throw unsupported(`disk '${disk.name}' is empty or readonly`);
    disk.name = image.target.dev ?? "";
  }
  const usual = given.length === 0 ? "bitmap" : "no";
  const disks = guest.map(
    (image): CheckpointDisk =>
      named.get(image) ?? { name: image.target.dev ?? "", checkpoint: isStill(image) ? "no" : usual },
  );
  for (const disk of disks) if (disk.checkpoint === "bitmap") disk.bitmap ??= def.name;
  def.disks = { disks };
}
