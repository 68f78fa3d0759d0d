import type { Values } from "./values.ts";

/* Domain events: their numbers and what they report. */

/** `virDomainEventType`: `VIR_DOMAIN_EVENT_*`. */
export const DomainEventType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  SUSPENDED: 3,
  RESUMED: 4,
  STOPPED: 5,
  SHUTDOWN: 6,
  PMSUSPENDED: 7,
  CRASHED: 8,
} as const;
export type DomainEventType = Values<typeof DomainEventType>;

/** `virDomainEventDefinedDetailType`: `VIR_DOMAIN_EVENT_DEFINED_*`. */
export const DomainDefinedDetail = {
  ADDED: 0,
  UPDATED: 1,
  RENAMED: 2,
  FROM_SNAPSHOT: 3,
} as const;
export type DomainDefinedDetail = Values<typeof DomainDefinedDetail>;

/** `virDomainEventUndefinedDetailType`: `VIR_DOMAIN_EVENT_UNDEFINED_*`. */
export const DomainUndefinedDetail = {
  REMOVED: 0,
  RENAMED: 1,
} as const;
export type DomainUndefinedDetail = Values<typeof DomainUndefinedDetail>;

/** `virDomainEventStartedDetailType`: `VIR_DOMAIN_EVENT_STARTED_*`. */
export const DomainStartedDetail = {
  BOOTED: 0,
  MIGRATED: 1,
  RESTORED: 2,
  FROM_SNAPSHOT: 3,
  WAKEUP: 4,
} as const;
export type DomainStartedDetail = Values<typeof DomainStartedDetail>;

/** `virDomainEventSuspendedDetailType`: `VIR_DOMAIN_EVENT_SUSPENDED_*`. */
export const DomainSuspendedDetail = {
  PAUSED: 0,
  MIGRATED: 1,
  IOERROR: 2,
  WATCHDOG: 3,
  RESTORED: 4,
  FROM_SNAPSHOT: 5,
  API_ERROR: 6,
  POSTCOPY: 7,
  POSTCOPY_FAILED: 8,
} as const;
export type DomainSuspendedDetail = Values<typeof DomainSuspendedDetail>;

/** `virDomainEventResumedDetailType`: `VIR_DOMAIN_EVENT_RESUMED_*`. */
export const DomainResumedDetail = {
  UNPAUSED: 0,
  MIGRATED: 1,
  FROM_SNAPSHOT: 2,
  POSTCOPY: 3,
  POSTCOPY_FAILED: 4,
} as const;
export type DomainResumedDetail = Values<typeof DomainResumedDetail>;

/** `virDomainEventStoppedDetailType`: `VIR_DOMAIN_EVENT_STOPPED_*`. */
export const DomainStoppedDetail = {
  SHUTDOWN: 0,
  DESTROYED: 1,
  CRASHED: 2,
  MIGRATED: 3,
  SAVED: 4,
  FAILED: 5,
  FROM_SNAPSHOT: 6,
} as const;
export type DomainStoppedDetail = Values<typeof DomainStoppedDetail>;

/** `virDomainEventShutdownDetailType`: `VIR_DOMAIN_EVENT_SHUTDOWN_*`. */
export const DomainShutdownDetail = {
  FINISHED: 0,
  GUEST: 1,
  HOST: 2,
} as const;
export type DomainShutdownDetail = Values<typeof DomainShutdownDetail>;

/** `virDomainEventPMSuspendedDetailType`: `VIR_DOMAIN_EVENT_PMSUSPENDED_*`. */
export const DomainPmsuspendedDetail = {
  MEMORY: 0,
  DISK: 1,
} as const;
export type DomainPmsuspendedDetail = Values<typeof DomainPmsuspendedDetail>;

/** `virDomainEventCrashedDetailType`: `VIR_DOMAIN_EVENT_CRASHED_*`. */
export const DomainCrashedDetail = {
  PANICKED: 0,
  CRASHLOADED: 1,
} as const;
export type DomainCrashedDetail = Values<typeof DomainCrashedDetail>;

/** `virDomainMemoryFailureRecipientType`: `VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_*`. */
export const DomainMemoryFailureRecipientType = {
  HYPERVISOR: 0,
  GUEST: 1,
} as const;
export type DomainMemoryFailureRecipientType = Values<typeof DomainMemoryFailureRecipientType>;

/** `virDomainMemoryFailureActionType`: `VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_*`. */
export const DomainMemoryFailureActionType = {
  IGNORE: 0,
  INJECT: 1,
  FATAL: 2,
  RESET: 3,
} as const;
export type DomainMemoryFailureActionType = Values<typeof DomainMemoryFailureActionType>;

/** `virDomainMemoryFailureFlags`: `VIR_DOMAIN_MEMORY_FAILURE_*`. */
export const DomainMemoryFailureFlags = {
  ACTION_REQUIRED: 0x1,
  RECURSIVE: 0x2,
} as const;
export type DomainMemoryFailureFlags = Values<typeof DomainMemoryFailureFlags>;

/** `virDomainEventWatchdogAction`: `VIR_DOMAIN_EVENT_WATCHDOG_*`. */
export const DomainEventWatchdogAction = {
  NONE: 0,
  PAUSE: 1,
  RESET: 2,
  POWEROFF: 3,
  SHUTDOWN: 4,
  DEBUG: 5,
  INJECTNMI: 6,
} as const;
export type DomainEventWatchdogAction = Values<typeof DomainEventWatchdogAction>;

/** `virDomainEventIOErrorAction`: `VIR_DOMAIN_EVENT_IO_ERROR_*`. */
export const DomainEventIoErrorAction = {
  NONE: 0,
  PAUSE: 1,
  REPORT: 2,
} as const;
export type DomainEventIoErrorAction = Values<typeof DomainEventIoErrorAction>;

/** `virDomainEventGraphicsPhase`: `VIR_DOMAIN_EVENT_GRAPHICS_*`. */
export const DomainEventGraphicsPhase = {
  CONNECT: 0,
  INITIALIZE: 1,
  DISCONNECT: 2,
} as const;
export type DomainEventGraphicsPhase = Values<typeof DomainEventGraphicsPhase>;

/** `virDomainEventGraphicsAddressType`: `VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_*`. */
export const DomainEventGraphicsAddressType = {
  IPV4: 0,
  IPV6: 1,
  UNIX: 2,
} as const;
export type DomainEventGraphicsAddressType = Values<typeof DomainEventGraphicsAddressType>;

/** `virConnectDomainEventBlockJobStatus`: `VIR_DOMAIN_BLOCK_JOB_*`. */
export const DomainEventBlockJobStatus = {
  COMPLETED: 0,
  FAILED: 1,
  CANCELED: 2,
  READY: 3,
} as const;
export type DomainEventBlockJobStatus = Values<typeof DomainEventBlockJobStatus>;

/** `virConnectDomainEventDiskChangeReason`: `VIR_DOMAIN_EVENT_DISK_*`. */
export const DomainEventDiskChangeReason = {
  CHANGE_MISSING_ON_START: 0,
  DROP_MISSING_ON_START: 1,
} as const;
export type DomainEventDiskChangeReason = Values<typeof DomainEventDiskChangeReason>;

/** `virDomainEventTrayChangeReason`: `VIR_DOMAIN_EVENT_TRAY_CHANGE_*`. */
export const DomainEventTrayChangeReason = {
  OPEN: 0,
  CLOSE: 1,
} as const;
export type DomainEventTrayChangeReason = Values<typeof DomainEventTrayChangeReason>;

/** `virConnectDomainEventAgentLifecycleState`: `VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_*`. */
export const DomainEventAgentLifecycleState = {
  CONNECTED: 1,
  DISCONNECTED: 2,
} as const;
export type DomainEventAgentLifecycleState = Values<typeof DomainEventAgentLifecycleState>;

/** `virConnectDomainEventAgentLifecycleReason`: `VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_*`. */
export const DomainEventAgentLifecycleReason = {
  UNKNOWN: 0,
  DOMAIN_STARTED: 1,
  CHANNEL: 2,
} as const;
export type DomainEventAgentLifecycleReason = Values<typeof DomainEventAgentLifecycleReason>;

/** `virDomainEventID`: `VIR_DOMAIN_EVENT_ID_*`. */
export const DomainEventId = {
  LIFECYCLE: 0,
  REBOOT: 1,
  RTC_CHANGE: 2,
  WATCHDOG: 3,
  IO_ERROR: 4,
  GRAPHICS: 5,
  IO_ERROR_REASON: 6,
  CONTROL_ERROR: 7,
  BLOCK_JOB: 8,
  DISK_CHANGE: 9,
  TRAY_CHANGE: 10,
  PMWAKEUP: 11,
  PMSUSPEND: 12,
  BALLOON_CHANGE: 13,
  PMSUSPEND_DISK: 14,
  DEVICE_REMOVED: 15,
  BLOCK_JOB_2: 16,
  TUNABLE: 17,
  AGENT_LIFECYCLE: 18,
  DEVICE_ADDED: 19,
  MIGRATION_ITERATION: 20,
  JOB_COMPLETED: 21,
  DEVICE_REMOVAL_FAILED: 22,
  METADATA_CHANGE: 23,
  BLOCK_THRESHOLD: 24,
  MEMORY_FAILURE: 25,
  MEMORY_DEVICE_SIZE_CHANGE: 26,
  NIC_MAC_CHANGE: 27,
} as const;
export type DomainEventId = Values<typeof DomainEventId>;
