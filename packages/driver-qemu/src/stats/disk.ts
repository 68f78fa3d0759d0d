import type { BackingStore, Disk, StorageSource } from "@libvirt-ts/conf/domain";
import type { QemuDomain } from "../guest.ts";

/** The host path of an image, if it has one. */
export function imagePath({ source }: Partial<StorageSource>): string | undefined {
  if (!source) return undefined;
  if ("file" in source) return source.file;
  if ("dev" in source) return source.dev;
  return "dir" in source ? source.dir : undefined;
}

/** Whether there is a medium at all: drives may be empty. */
export const hasMedium = ({ source }: Disk): boolean => source !== undefined;

/** The disk a client names: by target (`vda`), or by the absolute path of its image. */
export function findDisk(def: QemuDomain["def"], name: string): Disk | undefined {
  return def.devices.disks.find((disk) =>
    name.startsWith("/") ? imagePath(disk) === name : disk.target.dev === name,
  );
}

/** One image of a disk: the top one, or one below. */
export interface Image {
  place: Partial<StorageSource>;
  format: string;
  /** Number of its block nodes; only while a guest uses it. */
  index: number | undefined;
}

/** The images of a disk, top first. */
export function imagesOf(disk: Disk): Image[] {
  const images: Image[] = [{ place: disk, format: disk.driver?.type ?? "raw", index: disk.source?.index }];
  let below: BackingStore | undefined = disk.backingStore;
  while (below?.type !== undefined) {
    images.push({
      place: below,
      format: below.format?.type ?? "raw",
      index: below.index ?? below.source?.index,
    });
    below = below.backingStore;
  }
  return images;
}
