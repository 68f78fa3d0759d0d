import type { Values } from "./values.ts";

/* States of a domain and why it is in them. */

/** `virDomainState`: `VIR_DOMAIN_*`. */
export const DomainState = {
  NOSTATE: 0,
  RUNNING: 1,
  BLOCKED: 2,
  PAUSED: 3,
  SHUTDOWN: 4,
  SHUTOFF: 5,
  CRASHED: 6,
  PMSUSPENDED: 7,
} as const;
export type DomainState = Values<typeof DomainState>;

/** `virDomainNostateReason`: `VIR_DOMAIN_NOSTATE_*`. */
export const DomainNostateReason = {
  UNKNOWN: 0,
} as const;
export type DomainNostateReason = Values<typeof DomainNostateReason>;

/** `virDomainRunningReason`: `VIR_DOMAIN_RUNNING_*`. */
export const DomainRunningReason = {
  UNKNOWN: 0,
  BOOTED: 1,
  MIGRATED: 2,
  RESTORED: 3,
  FROM_SNAPSHOT: 4,
  UNPAUSED: 5,
  MIGRATION_CANCELED: 6,
  SAVE_CANCELED: 7,
  WAKEUP: 8,
  CRASHED: 9,
  POSTCOPY: 10,
  POSTCOPY_FAILED: 11,
} as const;
export type DomainRunningReason = Values<typeof DomainRunningReason>;

/** `virDomainBlockedReason`: `VIR_DOMAIN_BLOCKED_*`. */
export const DomainBlockedReason = {
  UNKNOWN: 0,
} as const;
export type DomainBlockedReason = Values<typeof DomainBlockedReason>;

/** `virDomainPausedReason`: `VIR_DOMAIN_PAUSED_*`. */
export const DomainPausedReason = {
  UNKNOWN: 0,
  USER: 1,
  MIGRATION: 2,
  SAVE: 3,
  DUMP: 4,
  IOERROR: 5,
  WATCHDOG: 6,
  FROM_SNAPSHOT: 7,
  SHUTTING_DOWN: 8,
  SNAPSHOT: 9,
  CRASHED: 10,
  STARTING_UP: 11,
  POSTCOPY: 12,
  POSTCOPY_FAILED: 13,
  API_ERROR: 14,
} as const;
export type DomainPausedReason = Values<typeof DomainPausedReason>;

/** `virDomainShutdownReason`: `VIR_DOMAIN_SHUTDOWN_*`. */
export const DomainShutdownReason = {
  UNKNOWN: 0,
  USER: 1,
} as const;
export type DomainShutdownReason = Values<typeof DomainShutdownReason>;

/** `virDomainShutoffReason`: `VIR_DOMAIN_SHUTOFF_*`. */
export const DomainShutoffReason = {
  UNKNOWN: 0,
  SHUTDOWN: 1,
  DESTROYED: 2,
  CRASHED: 3,
  MIGRATED: 4,
  SAVED: 5,
  FAILED: 6,
  FROM_SNAPSHOT: 7,
  DAEMON: 8,
} as const;
export type DomainShutoffReason = Values<typeof DomainShutoffReason>;

/** `virDomainCrashedReason`: `VIR_DOMAIN_CRASHED_*`. */
export const DomainCrashedReason = {
  UNKNOWN: 0,
  PANICKED: 1,
} as const;
export type DomainCrashedReason = Values<typeof DomainCrashedReason>;

/** `virDomainPMSuspendedReason`: `VIR_DOMAIN_PMSUSPENDED_*`. */
export const DomainPmsuspendedReason = {
  UNKNOWN: 0,
} as const;
export type DomainPmsuspendedReason = Values<typeof DomainPmsuspendedReason>;

/** `virDomainPMSuspendedDiskReason`: `VIR_DOMAIN_PMSUSPENDED_DISK_*`. */
export const DomainPmsuspendedDiskReason = {
  UNKNOWN: 0,
} as const;
export type DomainPmsuspendedDiskReason = Values<typeof DomainPmsuspendedDiskReason>;

/** `virDomainControlState`: `VIR_DOMAIN_CONTROL_*`. */
export const DomainControlState = {
  OK: 0,
  JOB: 1,
  OCCUPIED: 2,
  ERROR: 3,
} as const;
export type DomainControlState = Values<typeof DomainControlState>;

/** `virDomainControlErrorReason`: `VIR_DOMAIN_CONTROL_ERROR_REASON_*`. */
export const DomainControlErrorReason = {
  NONE: 0,
  UNKNOWN: 1,
  MONITOR: 2,
  INTERNAL: 3,
} as const;
export type DomainControlErrorReason = Values<typeof DomainControlErrorReason>;
