import type { Values } from "./values.ts";

/* Snapshots, checkpoints and backups. */

/** `virDomainBackupBeginFlags`: `VIR_DOMAIN_BACKUP_BEGIN_*`. */
export const DomainBackupBeginFlags = {
  REUSE_EXTERNAL: 0x1,
} as const;
export type DomainBackupBeginFlags = Values<typeof DomainBackupBeginFlags>;

/** `virDomainCheckpointCreateFlags`: `VIR_DOMAIN_CHECKPOINT_CREATE_*`. */
export const DomainCheckpointCreateFlags = {
  REDEFINE: 0x1,
  QUIESCE: 0x2,
  REDEFINE_VALIDATE: 0x4,
} as const;
export type DomainCheckpointCreateFlags = Values<typeof DomainCheckpointCreateFlags>;

/** `virDomainCheckpointXMLFlags`: `VIR_DOMAIN_CHECKPOINT_XML_*`. */
export const DomainCheckpointXmlFlags = {
  SECURE: 0x1,
  NO_DOMAIN: 0x2,
  SIZE: 0x4,
} as const;
export type DomainCheckpointXmlFlags = Values<typeof DomainCheckpointXmlFlags>;

/** `virDomainCheckpointListFlags`: `VIR_DOMAIN_CHECKPOINT_LIST_*`. */
export const DomainCheckpointListFlags = {
  ROOTS: 0x1,
  DESCENDANTS: 0x1,
  TOPOLOGICAL: 0x2,
  LEAVES: 0x4,
  NO_LEAVES: 0x8,
} as const;
export type DomainCheckpointListFlags = Values<typeof DomainCheckpointListFlags>;

/** `virDomainCheckpointDeleteFlags`: `VIR_DOMAIN_CHECKPOINT_DELETE_*`. */
export const DomainCheckpointDeleteFlags = {
  CHILDREN: 0x1,
  METADATA_ONLY: 0x2,
  CHILDREN_ONLY: 0x4,
} as const;
export type DomainCheckpointDeleteFlags = Values<typeof DomainCheckpointDeleteFlags>;

/** `virDomainSnapshotCreateFlags`: `VIR_DOMAIN_SNAPSHOT_CREATE_*`. */
export const DomainSnapshotCreateFlags = {
  REDEFINE: 0x1,
  CURRENT: 0x2,
  NO_METADATA: 0x4,
  HALT: 0x8,
  DISK_ONLY: 0x10,
  REUSE_EXT: 0x20,
  QUIESCE: 0x40,
  ATOMIC: 0x80,
  LIVE: 0x100,
  VALIDATE: 0x200,
} as const;
export type DomainSnapshotCreateFlags = Values<typeof DomainSnapshotCreateFlags>;

/** `virDomainSnapshotXMLFlags`: `VIR_DOMAIN_SNAPSHOT_XML_*`. */
export const DomainSnapshotXmlFlags = {
  SECURE: 0x1,
} as const;
export type DomainSnapshotXmlFlags = Values<typeof DomainSnapshotXmlFlags>;

/** `virDomainSnapshotListFlags`: `VIR_DOMAIN_SNAPSHOT_LIST_*`. */
export const DomainSnapshotListFlags = {
  ROOTS: 0x1,
  DESCENDANTS: 0x1,
  LEAVES: 0x4,
  NO_LEAVES: 0x8,
  METADATA: 0x2,
  NO_METADATA: 0x10,
  INACTIVE: 0x20,
  ACTIVE: 0x40,
  DISK_ONLY: 0x80,
  INTERNAL: 0x100,
  EXTERNAL: 0x200,
  TOPOLOGICAL: 0x400,
} as const;
export type DomainSnapshotListFlags = Values<typeof DomainSnapshotListFlags>;

/** `virDomainSnapshotRevertFlags`: `VIR_DOMAIN_SNAPSHOT_REVERT_*`. */
export const DomainSnapshotRevertFlags = {
  RUNNING: 0x1,
  PAUSED: 0x2,
  FORCE: 0x4,
  RESET_NVRAM: 0x8,
} as const;
export type DomainSnapshotRevertFlags = Values<typeof DomainSnapshotRevertFlags>;

/** `virDomainSnapshotDeleteFlags`: `VIR_DOMAIN_SNAPSHOT_DELETE_*`. */
export const DomainSnapshotDeleteFlags = {
  CHILDREN: 0x1,
  METADATA_ONLY: 0x2,
  CHILDREN_ONLY: 0x4,
} as const;
export type DomainSnapshotDeleteFlags = Values<typeof DomainSnapshotDeleteFlags>;
