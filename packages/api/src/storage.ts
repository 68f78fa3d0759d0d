import type { Values } from "./values.ts";

/* Storage pools and volumes. */

/** `virStoragePoolState`: `VIR_STORAGE_POOL_*`. */
export const StoragePoolState = {
  INACTIVE: 0,
  BUILDING: 1,
  RUNNING: 2,
  DEGRADED: 3,
  INACCESSIBLE: 4,
} as const;
export type StoragePoolState = Values<typeof StoragePoolState>;

/** `virStoragePoolBuildFlags`: `VIR_STORAGE_POOL_BUILD_*`. */
export const StoragePoolBuildFlags = {
  NEW: 0x0,
  REPAIR: 0x1,
  RESIZE: 0x2,
  NO_OVERWRITE: 0x4,
  OVERWRITE: 0x8,
} as const;
export type StoragePoolBuildFlags = Values<typeof StoragePoolBuildFlags>;

/** `virStoragePoolDeleteFlags`: `VIR_STORAGE_POOL_DELETE_*`. */
export const StoragePoolDeleteFlags = {
  NORMAL: 0x0,
  ZEROED: 0x1,
} as const;
export type StoragePoolDeleteFlags = Values<typeof StoragePoolDeleteFlags>;

/** `virStoragePoolCreateFlags`: `VIR_STORAGE_POOL_CREATE_*`. */
export const StoragePoolCreateFlags = {
  NORMAL: 0x0,
  WITH_BUILD: 0x1,
  WITH_BUILD_OVERWRITE: 0x2,
  WITH_BUILD_NO_OVERWRITE: 0x4,
} as const;
export type StoragePoolCreateFlags = Values<typeof StoragePoolCreateFlags>;

/** `virStorageVolType`: `VIR_STORAGE_VOL_*`. */
export const StorageVolType = {
  FILE: 0,
  BLOCK: 1,
  DIR: 2,
  NETWORK: 3,
  NETDIR: 4,
  PLOOP: 5,
} as const;
export type StorageVolType = Values<typeof StorageVolType>;

/** `virStorageVolDeleteFlags`: `VIR_STORAGE_VOL_DELETE_*`. */
export const StorageVolDeleteFlags = {
  NORMAL: 0x0,
  ZEROED: 0x1,
  WITH_SNAPSHOTS: 0x2,
} as const;
export type StorageVolDeleteFlags = Values<typeof StorageVolDeleteFlags>;

/** `virStorageVolWipeAlgorithm`: `VIR_STORAGE_VOL_WIPE_ALG_*`. */
export const StorageVolWipeAlgorithm = {
  ZERO: 0,
  NNSA: 1,
  DOD: 2,
  BSI: 3,
  GUTMANN: 4,
  SCHNEIER: 5,
  PFITZNER7: 6,
  PFITZNER33: 7,
  RANDOM: 8,
  TRIM: 9,
} as const;
export type StorageVolWipeAlgorithm = Values<typeof StorageVolWipeAlgorithm>;

/** `virStorageVolInfoFlags`: `VIR_STORAGE_VOL_*`. */
export const StorageVolInfoFlags = {
  USE_ALLOCATION: 0x0,
  GET_PHYSICAL: 0x1,
} as const;
export type StorageVolInfoFlags = Values<typeof StorageVolInfoFlags>;

/** `virStorageXMLFlags`: `VIR_STORAGE_XML_*`. */
export const StorageXmlFlags = {
  INACTIVE: 0x1,
} as const;
export type StorageXmlFlags = Values<typeof StorageXmlFlags>;

/** `virConnectListAllStoragePoolsFlags`: `VIR_CONNECT_LIST_STORAGE_POOLS_*`. */
export const ConnectListAllStoragePoolsFlags = {
  INACTIVE: 0x1,
  ACTIVE: 0x2,
  PERSISTENT: 0x4,
  TRANSIENT: 0x8,
  AUTOSTART: 0x10,
  NO_AUTOSTART: 0x20,
  DIR: 0x40,
  FS: 0x80,
  NETFS: 0x100,
  LOGICAL: 0x200,
  DISK: 0x400,
  ISCSI: 0x800,
  SCSI: 0x1000,
  MPATH: 0x2000,
  RBD: 0x4000,
  SHEEPDOG: 0x8000,
  GLUSTER: 0x10000,
  ZFS: 0x20000,
  VSTORAGE: 0x40000,
  ISCSI_DIRECT: 0x80000,
} as const;
export type ConnectListAllStoragePoolsFlags = Values<typeof ConnectListAllStoragePoolsFlags>;

/** `virStoragePoolDefineFlags`: `VIR_STORAGE_POOL_DEFINE_*`. */
export const StoragePoolDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type StoragePoolDefineFlags = Values<typeof StoragePoolDefineFlags>;

/** `virStorageVolCreateFlags`: `VIR_STORAGE_VOL_CREATE_*`. */
export const StorageVolCreateFlags = {
  PREALLOC_METADATA: 0x1,
  REFLINK: 0x2,
  VALIDATE: 0x4,
} as const;
export type StorageVolCreateFlags = Values<typeof StorageVolCreateFlags>;

/** `virStorageVolDownloadFlags`: `VIR_STORAGE_VOL_DOWNLOAD_*`. */
export const StorageVolDownloadFlags = {
  SPARSE_STREAM: 0x1,
} as const;
export type StorageVolDownloadFlags = Values<typeof StorageVolDownloadFlags>;

/** `virStorageVolUploadFlags`: `VIR_STORAGE_VOL_UPLOAD_*`. */
export const StorageVolUploadFlags = {
  SPARSE_STREAM: 0x1,
} as const;
export type StorageVolUploadFlags = Values<typeof StorageVolUploadFlags>;

/** `virStorageVolResizeFlags`: `VIR_STORAGE_VOL_RESIZE_*`. */
export const StorageVolResizeFlags = {
  ALLOCATE: 0x1,
  DELTA: 0x2,
  SHRINK: 0x4,
} as const;
export type StorageVolResizeFlags = Values<typeof StorageVolResizeFlags>;

/** `virStoragePoolEventID`: `VIR_STORAGE_POOL_EVENT_ID_*`. */
export const StoragePoolEventId = {
  LIFECYCLE: 0,
  REFRESH: 1,
} as const;
export type StoragePoolEventId = Values<typeof StoragePoolEventId>;

/** `virStoragePoolEventLifecycleType`: `VIR_STORAGE_POOL_EVENT_*`. */
export const StoragePoolEventLifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  STOPPED: 3,
  CREATED: 4,
  DELETED: 5,
} as const;
export type StoragePoolEventLifecycleType = Values<typeof StoragePoolEventLifecycleType>;
