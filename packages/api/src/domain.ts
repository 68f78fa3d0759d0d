import type { Values } from "./values.ts";

/* Flags of calls about domains. */

/** `virDomainModificationImpact`: `VIR_DOMAIN_AFFECT_*`. */
export const DomainModificationImpact = {
  CURRENT: 0,
  LIVE: 1,
  CONFIG: 2,
} as const;
export type DomainModificationImpact = Values<typeof DomainModificationImpact>;

/** `virDomainCreateFlags`: `VIR_DOMAIN_*`. */
export const DomainCreateFlags = {
  NONE: 0x0,
  START_PAUSED: 0x1,
  START_AUTODESTROY: 0x2,
  START_BYPASS_CACHE: 0x4,
  START_FORCE_BOOT: 0x8,
  START_VALIDATE: 0x10,
  START_RESET_NVRAM: 0x20,
} as const;
export type DomainCreateFlags = Values<typeof DomainCreateFlags>;

/** `virDomainCoreDumpFlags`: `VIR_DUMP_*`. */
export const DomainCoreDumpFlags = {
  CRASH: 0x1,
  LIVE: 0x2,
  BYPASS_CACHE: 0x4,
  RESET: 0x8,
  MEMORY_ONLY: 0x10,
} as const;
export type DomainCoreDumpFlags = Values<typeof DomainCoreDumpFlags>;

/** `virDomainCoreDumpFormat`: `VIR_DOMAIN_CORE_DUMP_FORMAT_*`. */
export const DomainCoreDumpFormat = {
  RAW: 0,
  KDUMP_ZLIB: 1,
  KDUMP_LZO: 2,
  KDUMP_SNAPPY: 3,
  WIN_DMP: 4,
} as const;
export type DomainCoreDumpFormat = Values<typeof DomainCoreDumpFormat>;

/** `virConnectGetDomainCapabilitiesFlags`: `VIR_CONNECT_GET_DOMAIN_CAPABILITIES_*`. */
export const ConnectGetDomainCapabilitiesFlags = {
  DISABLE_DEPRECATED_FEATURES: 0x1,
} as const;
export type ConnectGetDomainCapabilitiesFlags = Values<typeof ConnectGetDomainCapabilitiesFlags>;

/** `virDomainShutdownFlagValues`: `VIR_DOMAIN_SHUTDOWN_*`. */
export const DomainShutdownFlags = {
  DEFAULT: 0x0,
  ACPI_POWER_BTN: 0x1,
  GUEST_AGENT: 0x2,
  INITCTL: 0x4,
  SIGNAL: 0x8,
  PARAVIRT: 0x10,
} as const;
export type DomainShutdownFlags = Values<typeof DomainShutdownFlags>;

/** `virDomainRebootFlagValues`: `VIR_DOMAIN_REBOOT_*`. */
export const DomainRebootFlags = {
  DEFAULT: 0x0,
  ACPI_POWER_BTN: 0x1,
  GUEST_AGENT: 0x2,
  INITCTL: 0x4,
  SIGNAL: 0x8,
  PARAVIRT: 0x10,
} as const;
export type DomainRebootFlags = Values<typeof DomainRebootFlags>;

/** `virDomainDestroyFlagsValues`: `VIR_DOMAIN_DESTROY_*`. */
export const DomainDestroyFlags = {
  DEFAULT: 0x0,
  GRACEFUL: 0x1,
  REMOVE_LOGS: 0x2,
} as const;
export type DomainDestroyFlags = Values<typeof DomainDestroyFlags>;

/** `virDomainSaveRestoreFlags`: `VIR_DOMAIN_SAVE_*`. */
export const DomainSaveRestoreFlags = {
  BYPASS_CACHE: 0x1,
  RUNNING: 0x2,
  PAUSED: 0x4,
  RESET_NVRAM: 0x8,
} as const;
export type DomainSaveRestoreFlags = Values<typeof DomainSaveRestoreFlags>;

/** `virDomainMetadataType`: `VIR_DOMAIN_METADATA_*`. */
export const DomainMetadataType = {
  DESCRIPTION: 0,
  TITLE: 1,
  ELEMENT: 2,
} as const;
export type DomainMetadataType = Values<typeof DomainMetadataType>;

/** `virDomainXMLFlags`: `VIR_DOMAIN_XML_*`. */
export const DomainXmlFlags = {
  SECURE: 0x1,
  INACTIVE: 0x2,
  UPDATE_CPU: 0x4,
  MIGRATABLE: 0x8,
} as const;
export type DomainXmlFlags = Values<typeof DomainXmlFlags>;

/** `virDomainSaveImageXMLFlags`: `VIR_DOMAIN_SAVE_IMAGE_XML_*`. */
export const DomainSaveImageXmlFlags = {
  SECURE: 0x1,
} as const;
export type DomainSaveImageXmlFlags = Values<typeof DomainSaveImageXmlFlags>;

/** `virDomainDefineFlags`: `VIR_DOMAIN_DEFINE_*`. */
export const DomainDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type DomainDefineFlags = Values<typeof DomainDefineFlags>;

/** `virDomainUndefineFlagsValues`: `VIR_DOMAIN_UNDEFINE_*`. */
export const DomainUndefineFlags = {
  MANAGED_SAVE: 0x1,
  SNAPSHOTS_METADATA: 0x2,
  NVRAM: 0x4,
  KEEP_NVRAM: 0x8,
  CHECKPOINTS_METADATA: 0x10,
  TPM: 0x20,
  KEEP_TPM: 0x40,
} as const;
export type DomainUndefineFlags = Values<typeof DomainUndefineFlags>;

/** `virConnectListAllDomainsFlags`: `VIR_CONNECT_LIST_DOMAINS_*`. */
export const ConnectListAllDomainsFlags = {
  ACTIVE: 0x1,
  INACTIVE: 0x2,
  PERSISTENT: 0x4,
  TRANSIENT: 0x8,
  RUNNING: 0x10,
  PAUSED: 0x20,
  SHUTOFF: 0x40,
  OTHER: 0x80,
  MANAGEDSAVE: 0x100,
  NO_MANAGEDSAVE: 0x200,
  AUTOSTART: 0x400,
  NO_AUTOSTART: 0x800,
  HAS_SNAPSHOT: 0x1000,
  NO_SNAPSHOT: 0x2000,
  HAS_CHECKPOINT: 0x4000,
  NO_CHECKPOINT: 0x8000,
} as const;
export type ConnectListAllDomainsFlags = Values<typeof ConnectListAllDomainsFlags>;

/** `virDomainDeviceModifyFlags`: `VIR_DOMAIN_DEVICE_MODIFY_*`. */
export const DomainDeviceModifyFlags = {
  CURRENT: 0x0,
  LIVE: 0x1,
  CONFIG: 0x2,
  FORCE: 0x4,
} as const;
export type DomainDeviceModifyFlags = Values<typeof DomainDeviceModifyFlags>;

/** `virDomainLifecycle`: `VIR_DOMAIN_LIFECYCLE_*`. */
export const DomainLifecycle = {
  POWEROFF: 0,
  REBOOT: 1,
  CRASH: 2,
} as const;
export type DomainLifecycle = Values<typeof DomainLifecycle>;

/** `virDomainLifecycleAction`: `VIR_DOMAIN_LIFECYCLE_ACTION_*`. */
export const DomainLifecycleAction = {
  DESTROY: 0,
  RESTART: 1,
  RESTART_RENAME: 2,
  PRESERVE: 3,
  COREDUMP_DESTROY: 4,
  COREDUMP_RESTART: 5,
} as const;
export type DomainLifecycleAction = Values<typeof DomainLifecycleAction>;

/** `virDomainMessageType`: `VIR_DOMAIN_MESSAGE_*`. */
export const DomainMessageType = {
  DEPRECATION: 1,
  TAINTING: 2,
  IOERRORS: 4,
} as const;
export type DomainMessageType = Values<typeof DomainMessageType>;

/** `virDomainFDAssociateFlags`: `VIR_DOMAIN_FD_ASSOCIATE_*`. */
export const DomainFdAssociateFlags = {
  SECLABEL_RESTORE: 0x1,
  SECLABEL_WRITABLE: 0x2,
} as const;
export type DomainFdAssociateFlags = Values<typeof DomainFdAssociateFlags>;
