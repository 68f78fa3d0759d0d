import { diskFormats } from "../domain/devices/storage-source.ts";

const fsFormats = [
  "auto",
  "ext2",
  "ext3",
  "ext4",
  "ufs",
  "iso9660",
  "udf",
  "gfs",
  "gfs2",
  "vfat",
  "hfs+",
  "xfs",
  "ocfs2",
  "vmfs",
] as const;
const netfsFormats = ["auto", "nfs", "glusterfs", "cifs"] as const;
const logicalFormats = ["unknown", "lvm2"] as const;
const labelFormats = ["unknown", "dos", "dvh", "gpt", "mac", "bsd", "pc98", "sun", "lvm2"] as const;
const partitionFormats = [
  "none",
  "linux",
  "fat16",
  "fat32",
  "linux-swap",
  "linux-lvm",
  "linux-raid",
  "extended",
] as const;

/** Words a format is chosen from, and the one that is meant when none is. */
export interface Formats {
  readonly words: readonly string[];
  readonly fallback: string;
  /** Words that only tell what was found: they cannot be asked for. */
  readonly found?: readonly string[];
  /** They are not listed among the capabilities. */
  readonly isUnlisted?: true;
}

/** What is known of a type of pool beyond its syntax. */
interface PoolType {
  /** Formats of what the pool is made on. */
  readonly source?: Formats;
  /** Formats of its volumes. */
  readonly volume?: Formats;
  /** Its volumes appear in this folder, below which the name of the source stands. */
  readonly targetBase?: string;
}

const images: Formats = { words: diskFormats, fallback: "raw", found: ["none"] };

/** All types of pools in the order of libvirt's numbers. */
export const poolTypes = {
  dir: { volume: images },
  fs: { source: { words: fsFormats, fallback: "auto" }, volume: images },
  netfs: { source: { words: netfsFormats, fallback: "auto" }, volume: images },
  logical: { source: { words: logicalFormats, fallback: "lvm2" }, targetBase: "/dev" },
  disk: {
    source: { words: labelFormats, fallback: "unknown" },
    volume: { words: partitionFormats, fallback: "none" },
  },
  iscsi: {},
  "iscsi-direct": {},
  scsi: {},
  mpath: {},
  rbd: { volume: { ...images, isUnlisted: true } },
  sheepdog: {},
  gluster: { volume: images },
  zfs: { targetBase: "/dev/zvol" },
  vstorage: { volume: images },
} satisfies { readonly [type: string]: PoolType };
export type StoragePoolType = keyof typeof poolTypes;

export const storagePoolTypes = Object.keys(poolTypes) as StoragePoolType[]; // its own keys

export const poolType = (type: StoragePoolType): PoolType => poolTypes[type];
export const sourceFormats = {
  fs: fsFormats,
  netfs: netfsFormats,
  logical: logicalFormats,
  disk: labelFormats,
};
