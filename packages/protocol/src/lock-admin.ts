import { array, bool, type Infer, i64, string, struct, u32 } from "@libvirt-ts/xdr";
import { uuid } from "./common.ts";
import { event, proc, program } from "./program.ts";

/** As in the lock program. */
const text = string(65_536);

/** Most locks, or claims to them, in one reply. */
const manyLocks = 16_384;

/** Who has a lock: a guest, its process and the host that runs it. */
export const LockHolder = struct({ host: text, bootId: text, uuid, name: text, id: u32, pid: u32 });
export type LockHolder = Infer<typeof LockHolder>;

/** What is known of a lock. */
export const LockState = {
  /** A daemon has it. */
  held: 0,
  /** A daemon had it when the kernel or the file server gave it away: others may have it now. */
  lost: 1,
  /** A ledger says that somebody has it; nobody does. */
  stale: 2,
  /** Somebody has it that no ledger knows. */
  unknown: 3,
} as const;

/** A locked resource. `since`: milliseconds since 1970. A holder stands there once for each time it acquired it. */
export const HeldLock = struct({
  space: text,
  name: text,
  path: text,
  shared: bool,
  state: u32,
  since: i64,
  holders: array(LockHolder, 1024),
});
export type HeldLock = Infer<typeof HeldLock>;

/** What happened to a lock; `released` to one of a shared lock's holders, too. */
export const LockChange = { acquired: 0, released: 1, lost: 2, regained: 3 } as const;
export type LockChange = (typeof LockChange)[keyof typeof LockChange];

export const LockListRet = struct({ locks: array(HeldLock, manyLocks) });
export const LockClaimsArgs = struct({ directory: text, flags: u32 });
export const LockWhoArgs = struct({ path: text, flags: u32 });
export const LockWatchArgs = struct({ flags: u32 });
export const LockBreakArgs = struct({ path: text, proof: text, flags: u32 });
export const LockBreakRet = struct({ done: text });
export const LockChangeMsg = struct({ change: u32, lock: HeldLock });

/**
 * Who holds what; a program of our own on the lock daemon's admin socket, which other clients never ask for.
 * `list`: locks of this daemon. `claims`: what the ledger in a directory says, of all hosts, beside what is true.
 * `who`: everything known of one file. `watch`: sends `changed` from now on. `breakLock`: takes a lock, or the claim to
 * one, from a holder that is proven to be gone.
 */
export const lockAdmin = program("lockAdmin", 0x20864c4b, 1, {
  list: proc(1, struct({ flags: u32 }), LockListRet),
  claims: proc(2, LockClaimsArgs, LockListRet),
  who: proc(3, LockWhoArgs, LockListRet),
  watch: proc(4, LockWatchArgs, null),
  breakLock: proc(5, LockBreakArgs, LockBreakRet),
  changed: event(6, LockChangeMsg),
});
