export { qemuLockdKeys } from "./keys.ts";
export type { LockHolder, LockManager, LockOwner, LockResource } from "./lock-manager.ts";
export { type LockdOptions, lockdManager } from "./lockd.ts";
export { nopLockManager } from "./nop.ts";
