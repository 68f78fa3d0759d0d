import type { Step } from "@libvirt-ts/native";
import type { Uuid } from "@libvirt-ts/util/uuid";
import type { LostLock } from "./lost-locks.ts";

/** The guest for which locks are held. */
export interface LockOwner {
  readonly uuid: Uuid;
  readonly name: string;
  /** Domain id; > 0. */
  readonly id: number;
  /** Of the guest's process: its end frees the locks. */
  readonly pid: number;
}

/** What to lock: a disk image by path, or a `<lease>` (the file `key` in the directory `lockspace`). */
export type LockResource =
  | { readonly path: string; readonly shared: boolean }
  | { readonly lockspace: string; readonly key: string };

/**
 * Keeps two guests from writing one image. Locks are held only while the guest's CPUs run.
 * `acquire` before they start (and before hot plugging a disk), `release` once after they stopped.
 */
export interface LockManager {
  /** As in `lock_manager` and migration cookies. */
  readonly name: "nop" | "lockd";
  /** Announces the configured lockspaces; once, when the driver starts. */
  prepare(): Promise<void>;
  /**
   * All or nothing.
   * @throws VirError LOCKSPACE/RESOURCE_BUSY when somebody else holds one of them
   */
  acquire(owner: LockOwner, resources: readonly LockResource[]): Promise<void>;
  /** Tries all; throws the first failure at the end. */
  release(owner: LockOwner, resources: readonly LockResource[]): Promise<void>;
  /** Begins the connection that the guest's process itself holds as long as it lives; undefined: none needed. */
  prepareHolder(): Promise<LockHolder | undefined>;
  /**
   * Begins to hear of locks that were lost while their guests run; one may be told of more than once.
   * @returns ends it
   */
  onLost(listener: (lost: LostLock) => void): () => void;
}

/**
 * A connection to the lock daemon made by the guest's own process, so that its end is the end of the connection.
 *
 * The parent makes the socket, the child connects it between fork and exec (`steps`) and keeps it open (`keep`);
 * the parent then speaks for the child over the socket both have.
 */
export interface LockHolder {
  /** For `launch`: the descriptor the guest keeps. */
  readonly keep: readonly number[];
  /** For `launch`: connects in the child. Put a `notify` step behind it. */
  readonly steps: readonly Step[];
  /**
   * Once the child has connected: says whose connection this is and lets it do nothing else. Gives up our copy.
   * @throws VirError
   */
  register(owner: LockOwner): Promise<void>;
  /** Gives up our copy; after `register` it does nothing. */
  close(): void;
}
