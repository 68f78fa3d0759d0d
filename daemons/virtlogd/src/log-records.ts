import { type FdStore, noFdStore } from "@libvirt-ts/keeper";

/** Who writes a log. */
export interface LogOwner {
  readonly driver: string;
  readonly domainName: string;
  readonly domainUuid: string;
}

/** An open log as plain JSON; the read end of its pipe is kept beside it. */
export interface LogRecord extends LogOwner {
  readonly path: string;
  /** Bytes dropped that the log does not tell of yet. */
  readonly dropped: number;
}

/** Where records are: `TableFile`, or a Map when nothing is to outlive us. */
export interface Table {
  set(key: string, value: unknown): unknown;
  delete(key: string): unknown;
  entries(): Iterable<readonly [key: string, value: unknown]>;
}

/**
 * What outlives the process: pipes in the store, and in the table whose they are. Neither says how far a log is
 * written: that is the size of the file.
 */
export class LogRecords {
  readonly #store: FdStore;
  readonly #table: Table;
  #last = 0;

  constructor(store: FdStore = noFdStore(), table: Table = new Map()) {
    this.#store = store;
    this.#table = table;
    const keys = [...table.entries()].map(([key]) => key);
    for (const key of [...keys, ...store.found.keys()]) this.#last = Math.max(this.#last, numberOf(key));
  }

  /** A key that was never used. */
  newKey(): string {
    this.#last += 1;
    return `log-${this.#last}`;
  }

  /** @returns once the pipe outlives us. @throws Error of node:fs */
  async add(key: string, record: LogRecord, fd: number): Promise<void> {
    await this.#store.put(key, fd);
    this.#table.set(key, record);
  }

  /** @throws Error of node:fs; the record is as before then */
  update(key: string, record: LogRecord): void {
    this.#table.set(key, record);
  }

  /** To be called before the pipe is closed. */
  remove(key: string): void {
    this.#store.remove(key);
    this.#table.delete(key);
  }

  /**
   * What the former process left, in the order the logs were opened. A pipe without a record was shown to nobody, a
   * record without a pipe ended in between: both are forgotten.
   * @param close gives up a descriptor
   */
  take(close: (fd: number) => void): { key: string; record: LogRecord; fd: number }[] {
    const pipes = new Map([...this.#store.found].filter(([key]) => key.startsWith("log-")));
    const left = [...this.#table.entries()].flatMap(([key, value]) => {
      const fd = pipes.get(key);
      if (fd === undefined) this.#table.delete(key);
      else pipes.delete(key);
      return fd === undefined ? [] : [{ key, record: value as LogRecord, fd }]; // `add` sets no other
    });
    for (const [key, fd] of pipes) {
      this.#store.remove(key);
      close(fd);
    }
    return left;
  }
}

function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf("-") + 1)) || 0;
}
