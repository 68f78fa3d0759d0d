/**
 * Keeps duplicates of descriptors outside this process, so that what hangs on them (locks, pipes, connections)
 * outlives any end of it. Names are printable ASCII without colon, at most 255 characters.
 */
export interface FdStore {
  /** What an earlier process left, by name; still kept. The descriptors are the caller's to use and close. */
  readonly found: ReadonlyMap<string, number>;
  /** One that was found, to be kept no longer by whoever keeps it; it is no longer among the found. */
  take(name: string): number | undefined;
  /** Whether everything is let go when the service is stopped for good, and kept when it is restarted. */
  readonly endsWithService: boolean;
  /**
   * Keeps a descriptor, which stays the caller's and open until `remove`.
   * @param o.alone false: worth keeping only beside others (default true)
   * @returns once this process may end at any moment without losing it: mostly at once, then undefined
   */
  put(name: string, fd: number, o?: { alone?: boolean }): undefined | Promise<void>;
  /**
   * Keeps it no longer. To be called before the descriptor is closed. Unknown names are fine. Whoever keeps it lets go some
   * milliseconds later: what must end at once is to be ended by other means (unlock, shutdown) as well.
   */
  remove(name: string): void;
  /** For a hand-over: what the next process hands to `openFdStore`. All descriptors named there go along. */
  save(): SavedFdStore;
  /** The last thing done with it. What is kept stays kept. */
  close(): void;
}

/** Plain JSON. */
export interface SavedFdStore {
  /** The connection to whoever keeps, if it is open. */
  readonly socket: number | undefined;
  readonly kept: readonly (readonly [name: string, fd: number])[];
}

/** Keeps nothing: what a daemon has ends with it. */
export function noFdStore(): FdStore {
  return {
    found: new Map(),
    endsWithService: false,
    take: () => undefined,
    put: () => undefined,
    remove() {},
    save: () => ({ socket: undefined, kept: [] }),
    close() {},
  };
}
