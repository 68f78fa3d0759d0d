import { type FdStore, noFdStore } from "@libvirt-ts/keeper";
import type { Client, SavedConnection } from "@libvirt-ts/rpc/server";

/** The guest, as registered for a process. */
export interface OwnerDetails {
  readonly uuid: string;
  readonly name: string;
  /** Domain id. */
  readonly id: number;
}

export interface OwnerRecord {
  readonly pid: number;
  /** Clock ticks since boot at which the process started; absent when we could not see it. */
  readonly start?: string | undefined;
  readonly details?: OwnerDetails | undefined;
  readonly condemned: boolean;
}

export interface LockRecord {
  /** Of the lockspace; "" is the default one. */
  readonly space: string;
  readonly name: string;
  readonly path: string;
  readonly shared: boolean;
  /** We made the file and remove it with the lock. */
  readonly created: boolean;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Of its file system, if another host serves it; "" if this one does; absent while nobody has looked. */
  readonly device?: string | undefined;
  /** Keys of owners, one for each acquisition. */
  readonly owners: readonly string[];
}

export interface SpaceRecord {
  readonly directory: string;
}

/** The connection a guest's process has for as long as it lives. */
export interface HolderRecord {
  readonly pid: number;
  readonly details: OwnerDetails;
  readonly connection: Omit<SavedConnection, "traffic">;
}

export interface RecordOf {
  owner: OwnerRecord;
  lock: LockRecord;
  space: SpaceRecord;
  holder: HolderRecord;
}

export type RecordKind = keyof RecordOf;

/** Where records are; `TableFile`, or a Map when nothing is to outlive us. */
export interface Table {
  set(key: string, value: unknown): unknown;
  delete(key: string): unknown;
  entries(): Iterable<readonly [key: string, value: unknown]>;
}

/**
 * What outlives the process: descriptors in the store, and in the table what they are. A descriptor that no record
 * names means nothing; a change is true from the moment it is in the table, and only then is anybody told.
 */
export class Records {
  readonly store: FdStore;
  readonly #table: Table;
  #last = 0;

  constructor(store: FdStore = noFdStore(), table: Table = new Map()) {
    this.store = store;
    this.#table = table;
    for (const [key] of table.entries()) this.#last = Math.max(this.#last, numberOf(key));
    for (const key of store.found.keys()) this.#last = Math.max(this.#last, numberOf(key));
  }

  /** A key that was never used. */
  newKey(kind: RecordKind): string {
    this.#last += 1;
    return `${kind}-${this.#last}`;
  }

  /** @throws Error of node:fs; nothing has changed then */
  set<K extends RecordKind>(_kind: K, key: string, record: RecordOf[K]): void {
    this.#table.set(key, record);
  }

  delete(key: string): void {
    this.#table.delete(key);
  }

  /** In the order they were made. */
  all<K extends RecordKind>(kind: K): (readonly [key: string, record: RecordOf[K]])[] {
    const prefix = `${kind}-`;
    return [...this.#table.entries()]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key, value as RecordOf[K]] as const); // `set` takes no other under such a key
  }
}

export const holderKey = ({ id }: Pick<Client, "id">): string => `holder-${id}`;

function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf("-") + 1)) || 0;
}
