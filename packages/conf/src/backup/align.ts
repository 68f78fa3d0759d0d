import type { Disk } from "../domain/devices/disk.ts";
import { isEmptyDrive } from "../moment-disks.ts";
import type { BackupDef } from "./backup.ts";
import type { PullDisk, PushDisk } from "./disk.ts";
import { backupError, unsupported } from "./errors.ts";

type BackupDisk = PushDisk | PullDisk;

/**
 * Settles what happens to each disk of the guest. Disks not named take part only if none is named.
 * @param suffix what is put behind the name of an image for the name of its copy
 * @throws VirError XML_ERROR, CONFIG_UNSUPPORTED
 */
export function alignBackupDisks(def: BackupDef, guest: readonly Disk[], suffix: string): void {
  if (guest.length === 0) throw unsupported("domain must have at least one disk to perform backup");
  const given: BackupDisk[] = def.disks?.disks ?? [];
  const isWhole = given.length === 0;
  const seen = new Set<string>();
  for (const disk of given) {
    const { name } = disk;
    if (seen.has(name)) throw unsupported(`disk '${name}' specified twice`);
    seen.add(name);
    const image = guest.find(({ target }) => target.dev === name);
    if (!image) throw unsupported(`no disk named '${name}'`);
    if (disk.isBackedUp) assignStore(disk, image, suffix);
  }
  for (const image of guest) {
    const { dev = "" } = image.target;
    if (seen.has(dev)) continue;
    const isBackedUp = isWhole && !isEmptyDrive(image) && !image.readonly;
    const disk: BackupDisk = { name: dev, isBackedUp, type: "file" };
    if (isBackedUp) assignStore(disk, image, suffix);
    given.push(disk);
  }
  for (const disk of given) if (disk.isBackedUp) assignMode(disk, def.incremental);
  // The disks of a mode are all of its kind: the ones added differ in nothing.
  def.disks = { disks: given } as NonNullable<typeof def.disks>;
}

function assignStore(disk: BackupDisk, image: Disk, suffix: string): void {
  const { name } = disk;
  if (isEmptyDrive(image)) throw unsupported(`disk '${name}' has no media`);
  if (image.readonly) throw unsupported(`backup of readonly disk '${name}' makes no sense`);
  if (disk.store) return;
  const path = image.type === "file" ? image.source?.file : undefined;
  if (path === undefined) throw unsupported(`refusing to generate file name for disk '${name}'`);
  Object.assign(disk, { type: "file", store: { file: `${path}.${suffix}`, seclabels: [] } });
}

function assignMode(disk: BackupDisk, incremental: string | undefined): void {
  const since = disk.incremental ?? incremental;
  disk.mode ??= since === undefined ? "full" : "incremental";
  if (disk.mode === "full") return;
  if (since === undefined) {
    throw backupError(
      `'incremental' backup mode of disk '${disk.name}' requires setting 'incremental' field for disk or backup`,
    );
  }
  disk.incremental = since;
}
