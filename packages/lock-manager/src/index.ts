export { qemuLockdKeys } from "./keys.ts";
export type { LockHolder, LockManager, LockOwner, LockResource } from "./lock-manager.ts";
export { type LockdOptions, lockdManager } from "./lockd.ts";
export type { LostLock } from "./lost-locks.ts";
export { nopLockManager } from "./nop.ts";
