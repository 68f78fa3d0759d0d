import type { Values } from "./values.ts";

/* Disks of a domain. */

/** `virDomainBlockResizeFlags`: `VIR_DOMAIN_BLOCK_RESIZE_*`. */
export const DomainBlockResizeFlags = {
  BYTES: 0x1,
  CAPACITY: 0x2,
} as const;
export type DomainBlockResizeFlags = Values<typeof DomainBlockResizeFlags>;

/** `virDomainBlockPullFlags`: `VIR_DOMAIN_BLOCK_PULL_*`. */
export const DomainBlockPullFlags = {
  BANDWIDTH_BYTES: 0x40,
} as const;
export type DomainBlockPullFlags = Values<typeof DomainBlockPullFlags>;

/** `virDomainBlockRebaseFlags`: `VIR_DOMAIN_BLOCK_REBASE_*`. */
export const DomainBlockRebaseFlags = {
  SHALLOW: 0x1,
  REUSE_EXT: 0x2,
  COPY_RAW: 0x4,
  COPY: 0x8,
  RELATIVE: 0x10,
  COPY_DEV: 0x20,
  BANDWIDTH_BYTES: 0x40,
} as const;
export type DomainBlockRebaseFlags = Values<typeof DomainBlockRebaseFlags>;

/** `virDomainBlockCopyFlags`: `VIR_DOMAIN_BLOCK_COPY_*`. */
export const DomainBlockCopyFlags = {
  SHALLOW: 0x1,
  REUSE_EXT: 0x2,
  TRANSIENT_JOB: 0x4,
  SYNCHRONOUS_WRITES: 0x8,
} as const;
export type DomainBlockCopyFlags = Values<typeof DomainBlockCopyFlags>;

/** `virDomainBlockCommitFlags`: `VIR_DOMAIN_BLOCK_COMMIT_*`. */
export const DomainBlockCommitFlags = {
  SHALLOW: 0x1,
  DELETE: 0x2,
  ACTIVE: 0x4,
  RELATIVE: 0x8,
  BANDWIDTH_BYTES: 0x10,
} as const;
export type DomainBlockCommitFlags = Values<typeof DomainBlockCommitFlags>;

/** `virDomainDiskErrorCode`: `VIR_DOMAIN_DISK_ERROR_*`. */
export const DomainDiskErrorCode = {
  NONE: 0,
  UNSPEC: 1,
  NO_SPACE: 2,
} as const;
export type DomainDiskErrorCode = Values<typeof DomainDiskErrorCode>;
