export { formatStoragePoolCapabilities } from "./capabilities.ts";
export {
  formatStoragePool,
  formatStoragePoolSources,
  type ParsePoolOptions,
  parseStoragePool,
  parseStoragePoolSource,
  type StoragePoolSource,
} from "./parse-pool.ts";
export { formatStorageVolume, type ParseVolumeOptions, parseStorageVolume } from "./parse-volume.ts";
export type { Permissions } from "./permissions.ts";
export type { StoragePoolDef, StoragePoolOf } from "./pool.ts";
export { type StoragePoolType, storagePoolTypes } from "./pool-types.ts";
export type { StorageVolumeDef } from "./volume.ts";
