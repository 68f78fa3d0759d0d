import type { LockManager } from "./lock-manager.ts";

/** No locking: `lock_manager` is not set. */
export function nopLockManager(): LockManager {
  return {
    name: "nop",
    async prepare() {},
    async acquire() {},
    async release() {},
    prepareHolder: async () => undefined,
    onLost: () => () => {},
  };
}
