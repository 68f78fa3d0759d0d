import type { Values } from "./values.ts";

/* Jobs: migration, block jobs, dirty rate. */

/** `virDomainMigrateFlags`: `VIR_MIGRATE_*`. */
export const DomainMigrateFlags = {
  LIVE: 0x1,
  PEER2PEER: 0x2,
  TUNNELLED: 0x4,
  PERSIST_DEST: 0x8,
  UNDEFINE_SOURCE: 0x10,
  PAUSED: 0x20,
  NON_SHARED_DISK: 0x40,
  NON_SHARED_INC: 0x80,
  CHANGE_PROTECTION: 0x100,
  UNSAFE: 0x200,
  OFFLINE: 0x400,
  COMPRESSED: 0x800,
  ABORT_ON_ERROR: 0x1000,
  AUTO_CONVERGE: 0x2000,
  RDMA_PIN_ALL: 0x4000,
  POSTCOPY: 0x8000,
  TLS: 0x10000,
  PARALLEL: 0x20000,
  NON_SHARED_SYNCHRONOUS_WRITES: 0x40000,
  POSTCOPY_RESUME: 0x80000,
  ZEROCOPY: 0x100000,
} as const;
export type DomainMigrateFlags = Values<typeof DomainMigrateFlags>;

/** `virDomainMigrateMaxSpeedFlags`: `VIR_DOMAIN_MIGRATE_MAX_SPEED_*`. */
export const DomainMigrateMaxSpeedFlags = {
  POSTCOPY: 0x1,
} as const;
export type DomainMigrateMaxSpeedFlags = Values<typeof DomainMigrateMaxSpeedFlags>;

/** `virDomainBlockJobType`: `VIR_DOMAIN_BLOCK_JOB_TYPE_*`. */
export const DomainBlockJobType = {
  UNKNOWN: 0,
  PULL: 1,
  COPY: 2,
  COMMIT: 3,
  ACTIVE_COMMIT: 4,
  BACKUP: 5,
} as const;
export type DomainBlockJobType = Values<typeof DomainBlockJobType>;

/** `virDomainBlockJobAbortFlags`: `VIR_DOMAIN_BLOCK_JOB_ABORT_*`. */
export const DomainBlockJobAbortFlags = {
  ASYNC: 0x1,
  PIVOT: 0x2,
} as const;
export type DomainBlockJobAbortFlags = Values<typeof DomainBlockJobAbortFlags>;

/** `virDomainBlockJobInfoFlags`: `VIR_DOMAIN_BLOCK_JOB_INFO_*`. */
export const DomainBlockJobInfoFlags = {
  BANDWIDTH_BYTES: 0x1,
} as const;
export type DomainBlockJobInfoFlags = Values<typeof DomainBlockJobInfoFlags>;

/** `virDomainBlockJobSetSpeedFlags`: `VIR_DOMAIN_BLOCK_JOB_SPEED_*`. */
export const DomainBlockJobSetSpeedFlags = {
  BANDWIDTH_BYTES: 0x1,
} as const;
export type DomainBlockJobSetSpeedFlags = Values<typeof DomainBlockJobSetSpeedFlags>;

/** `virDomainJobType`: `VIR_DOMAIN_JOB_*`. */
export const DomainJobType = {
  NONE: 0,
  BOUNDED: 1,
  UNBOUNDED: 2,
  COMPLETED: 3,
  FAILED: 4,
  CANCELLED: 5,
} as const;
export type DomainJobType = Values<typeof DomainJobType>;

/** `virDomainGetJobStatsFlags`: `VIR_DOMAIN_JOB_STATS_*`. */
export const DomainGetJobStatsFlags = {
  COMPLETED: 0x1,
  KEEP_COMPLETED: 0x2,
} as const;
export type DomainGetJobStatsFlags = Values<typeof DomainGetJobStatsFlags>;

/** `virDomainAbortJobFlagsValues`: `VIR_DOMAIN_ABORT_JOB_*`. */
export const DomainAbortJobFlags = {
  POSTCOPY: 0x1,
} as const;
export type DomainAbortJobFlags = Values<typeof DomainAbortJobFlags>;

/** `virDomainJobOperation`: `VIR_DOMAIN_JOB_OPERATION_*`. */
export const DomainJobOperation = {
  UNKNOWN: 0,
  START: 1,
  SAVE: 2,
  RESTORE: 3,
  MIGRATION_IN: 4,
  MIGRATION_OUT: 5,
  SNAPSHOT: 6,
  SNAPSHOT_REVERT: 7,
  DUMP: 8,
  BACKUP: 9,
  SNAPSHOT_DELETE: 10,
} as const;
export type DomainJobOperation = Values<typeof DomainJobOperation>;

/** `virDomainDirtyRateStatus`: `VIR_DOMAIN_DIRTYRATE_*`. */
export const DomainDirtyRateStatus = {
  UNSTARTED: 0,
  MEASURING: 1,
  MEASURED: 2,
} as const;
export type DomainDirtyRateStatus = Values<typeof DomainDirtyRateStatus>;

/** `virDomainDirtyRateCalcFlags`: `VIR_DOMAIN_DIRTYRATE_*`. */
export const DomainDirtyRateCalcFlags = {
  MODE_PAGE_SAMPLING: 0x0,
  MODE_DIRTY_BITMAP: 0x1,
  MODE_DIRTY_RING: 0x2,
} as const;
export type DomainDirtyRateCalcFlags = Values<typeof DomainDirtyRateCalcFlags>;
