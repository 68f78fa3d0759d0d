export { alignBackupDisks } from "./align.ts";
export { type BackupDef, type BackupServer, formatBackup, parseBackup } from "./backup.ts";
export type { PullDisk, PushDisk } from "./disk.ts";
