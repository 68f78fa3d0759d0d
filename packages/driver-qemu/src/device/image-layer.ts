import type {
  Auth,
  BackingStore,
  Disk,
  DiskFormat,
  Encryption,
  StorageSource,
} from "@libvirt-ts/conf/domain";

/** Names of the nodes of one image in the block graph. */
export interface NodeNames {
  storage: string;
  format: string;
  slice: string;
}

export const nodeNames = (prefix: string | number): NodeNames => ({
  storage: `libvirt-${prefix}-storage`,
  format: `libvirt-${prefix}-format`,
  slice: `libvirt-${prefix}-slice-sto`,
});

export type CacheMode = "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe";

/** One image of a chain with everything its block nodes depend on. */
export interface ImageLayer {
  place: StorageSource;
  format: DiskFormat;
  names: NodeNames;
  readonly: boolean;
  cache?: CacheMode | undefined;
  io?: "native" | "threads" | "io_uring" | undefined;
  discard?: "unmap" | "ignore" | undefined;
  detectZeroes?: "off" | "on" | "unmap" | undefined;
  discardNoUnref?: boolean | undefined;
  encryption?: Encryption | undefined;
  auth?: Auth | undefined;
  /** Metadata kept in memory: bytes. */
  metadataCacheSize?: bigint | undefined;
  isHostCdrom?: boolean;
  isFloppy?: boolean;
  /** Path of an fd set that stands for the file. */
  fdset?: string | undefined;
  /** SSH: whoever answers is believed. */
  isHostKeyUnchecked?: boolean;
  nbdkitSocket?: string | undefined;
  glusterDebug?: number | undefined;
  /** `null`: known to be the last one; absent: nobody looked. */
  backing?: ImageLayer | null | undefined;
  /** A format node even where a plain raw image could do without. */
  forceFormat?: boolean;
}

const isFormatted = (layer: ImageLayer): boolean =>
  layer.forceFormat === true ||
  layer.format !== "raw" ||
  (layer.encryption !== undefined && layer.encryption.engine !== "librbd");

/** Plain raw images have no format node of their own. */
export function hasFormatNode(layer: ImageLayer): boolean {
  const { type } = layer.place;
  if (type === "vhostuser") return false;
  if (type === "dir" && layer.format === "fat") return true;
  return isFormatted(layer);
}

export const sliceOf = (layer: ImageLayer) =>
  layer.place.source?.slices?.slices.find((s) => s.type === "storage");

/** The topmost node of one image: what is above it refers to this. */
export function topNode(layer: ImageLayer): string {
  if (hasFormatNode(layer)) return layer.names.format;
  return sliceOf(layer) === undefined ? layer.names.storage : layer.names.slice;
}

/**
 * All images of a disk, the guest's one first; `undefined` for an empty drive.
 * @param place what is behind the disk where its definition only names a volume
 * @param hostCdroms paths that are CD-ROM drives of the host
 */
export function diskLayers(
  disk: Disk,
  place: StorageSource = disk,
  hostCdroms: ReadonlySet<string> = new Set(),
): ImageLayer | undefined {
  const { driver } = disk;
  const { source } = place;
  if (isEmptySource(disk)) return undefined;
  const top: ImageLayer = {
    place,
    format: formatOf(driver?.type),
    names: nodeNames(disk.source?.index ?? 0),
    readonly: disk.readonly === true,
    cache: driver?.cache,
    io: driver?.io,
    discard: driver?.discard,
    detectZeroes: driver?.detectZeroes,
    discardNoUnref: driver?.discardNoUnref,
    encryption: disk.encryption ?? source?.encryption,
    auth: place === disk ? (disk.auth ?? source?.auth) : source?.auth,
    metadataCacheSize: driver?.metadataCache?.maxSize,
    isHostCdrom: disk.device === "cdrom" && place.type === "block" && hostCdroms.has(place.source?.dev ?? ""),
    isFloppy: disk.device === "floppy",
  };
  let layer = top;
  for (let below = disk.backingStore; below !== undefined; below = below.backingStore) {
    if (!hasPlace(below)) {
      layer.backing = null;
      break;
    }
    const next: ImageLayer = {
      place: below,
      format: formatOf(below.format?.type),
      names: nodeNames(below.source?.index ?? 0),
      readonly: true,
      cache: driver?.cache,
      io: driver?.io,
      discard: driver?.discard,
      discardNoUnref: driver?.discardNoUnref,
      encryption: below.source?.encryption,
      auth: below.source?.auth,
      metadataCacheSize: below.format?.metadataCache?.maxSize,
    };
    layer.backing = next;
    layer = next;
  }
  return top;
}

const hasPlace = (store: BackingStore): store is BackingStore & StorageSource => store.type !== undefined;

const formatOf = (format: string | undefined): DiskFormat =>
  format === undefined || format === "none" || format === "aio" ? "raw" : (format as DiskFormat); // all other words of `driver type` are formats

/** Nothing in the drive. */
export function isEmptySource(disk: Disk): boolean {
  const { source } = disk;
  switch (disk.type) {
    case "file":
      return disk.source?.file === undefined && disk.source?.fdgroup === undefined;
    case "block":
      return disk.source?.dev === undefined;
    case "dir":
      return disk.source?.dir === undefined;
    default:
      return source === undefined;
  }
}
