import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Disk } from "../domain/devices/disk.ts";
import { diskPath, findGuestDisk, isEmptyDrive } from "../moment-disks.ts";
import type { SnapshotDisk } from "./disk.ts";
import { unsupported } from "./errors.ts";
import type { SnapshotDef } from "./snapshot.ts";

export interface AlignSnapshotOptions {
  /** Where the state of disks is kept that do not say so. */
  readonly place: "internal" | "external";
  /** All that are not left out go there. */
  readonly isUniform: boolean;
  /** Whether a path is that of a plain file: the name of an image in front of it follows from it. */
  readonly isPlainFile: (path: string) => boolean;
}

/**
 * Settles what happens to each disk of the guest that the snapshot holds, in the guest's order.
 * @throws VirError CONFIG_UNSUPPORTED, INTERNAL_ERROR
 */
export function alignSnapshotDisks(def: SnapshotDef, options: AlignSnapshotOptions): void {
  const { domain } = def;
  if (!domain)
    throw new VirError(ErrorDomain.DOMAIN_SNAPSHOT, ErrorCode.INTERNAL_ERROR, "missing domain in snapshot");
  const guest = domain.devices.disks;
  const given = def.disks?.disks ?? [];
  if (given.length > guest.length) throw unsupported("too many disk snapshot requests for domain");
  if (guest.length === 0) return;
  const named = new Map<Disk, SnapshotDisk>();
  for (const disk of given) {
    const image = findGuestDisk(domain, disk.name);
    if (!image) throw unsupported(`no disk named '${disk.name}'`);
    if (named.has(image)) throw unsupported(`disk '${disk.name}' specified twice`);
    named.set(image, disk);
    settle(disk, image, options);
    disk.name = image.target.dev ?? "";
  }
  const disks = guest.map((image) => named.get(image) ?? unnamed(image, options));
  def.disks = { disks };
  for (const [at, disk] of disks.entries()) {
    const image = guest[at];
    if (image && disk.snapshot === "external") nameOverlay(disk, image, { def, options });
  }
}

function settle(disk: SnapshotDisk, image: Disk, { place, isUniform }: AlignSnapshotOptions): void {
  const usual = image.snapshot;
  if (disk.snapshot === undefined)
    disk.snapshot = usual !== undefined && (!isUniform || usual === place || usual === "no") ? usual : place;
  else if (isUniform && disk.snapshot !== place && !(disk.snapshot === "no" && usual === "no"))
    throw unsupported(`disk '${disk.name}' must use snapshot mode '${place}'`);
  const file = disk.type === "file" ? disk.source?.file : undefined;
  if (file !== undefined && disk.snapshot !== "external")
    throw unsupported(`file '${file}' for disk '${disk.name}' requires use of external snapshot mode`);
}

/** A disk nobody spoke of; there is nothing to keep of empty drives. */
function unnamed(image: Disk, { place }: AlignSnapshotOptions): SnapshotDisk {
  const snapshot = isEmptyDrive(image) ? "no" : (image.snapshot ?? place);
  return { name: image.target.dev ?? "", snapshot, type: "file" };
}

interface Naming {
  readonly def: SnapshotDef;
  readonly options: AlignSnapshotOptions;
}

/** The file the guest writes from now on lies beside the one before, with the snapshot's name as its ending. */
function nameOverlay(disk: SnapshotDisk, image: Disk, { def, options }: Naming): void {
  if (disk.type !== "file") {
    if (disk.source !== undefined) return;
    throw unsupported(
      `cannot generate external snapshot name for disk '${disk.name}' on a '${disk.type}' device`,
    );
  }
  if (disk.source?.file !== undefined) return;
  const path = diskPath(image);
  if (path === undefined)
    throw unsupported(`cannot generate external snapshot name for disk '${disk.name}' without source`);
  if (!options.isPlainFile(path))
    throw unsupported(
      `source for disk '${disk.name}' is not a regular file; refusing to generate external snapshot name`,
    );
  const dot = path.lastIndexOf(".");
  const stem = dot > path.lastIndexOf("/") ? path.slice(0, dot) : path;
  const file = `${stem}.${def.name}`;
  const rival = def.disks?.disks.find(
    (each) => each !== disk && each.type === "file" && each.source?.file === file,
  );
  if (rival)
    throw unsupported(
      `cannot generate external snapshot name for disk '${disk.name}': collision with disk '${rival.name}'`,
    );
  disk.source = { seclabels: [], ...disk.source, file };
}
