/** A lock on a file system that another host serves. */
export interface Watched {
  readonly device: string | undefined;
  readonly path: string;
}

interface LeaseWatchOptions<W> {
  /** Between two looks at one lock, and how long an answer may take; less than half of the server's lease. */
  readonly intervalMs: number;
  /** @throws when the lock is lost */
  readonly check: (lock: W) => Promise<void>;
  /** @param why undefined: it is there (again) */
  readonly onResult: (lock: W, why: unknown) => void;
}

/**
 * Looks after locks that a file server may give away without telling: asks for each again some times per lease. One that
 * cannot be asked for in time is taken for lost, since the server will think so too. Costs one thread per file system,
 * and nothing while there are no such locks.
 */
export class LeaseWatch<W extends Watched> {
  readonly #o: LeaseWatchOptions<W>;
  readonly #devices = new Map<string | undefined, Set<W>>();
  /** File systems that still owe an answer. */
  readonly #asking = new Set<string | undefined>();
  #timer: NodeJS.Timeout | undefined;

  constructor(o: LeaseWatchOptions<W>) {
    this.#o = o;
  }

  add(lock: W): void {
    const locks = this.#devices.get(lock.device) ?? new Set();
    this.#devices.set(lock.device, locks.add(lock));
    this.#timer ??= setInterval(() => this.look(), this.#o.intervalMs);
  }

  delete(lock: W): void {
    const locks = this.#devices.get(lock.device);
    if (!locks?.delete(lock) || locks.size > 0) return;
    this.#devices.delete(lock.device);
    if (this.#devices.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Begins to ask for all; what is still owed from the last time is lost meanwhile. */
  look(): void {
    for (const [device, locks] of this.#devices) {
      if (!this.#asking.has(device)) void this.#ask(device, [...locks]);
      else for (const lock of locks) this.#o.onResult(lock, new Error("the file server does not answer"));
    }
  }

  async #ask(device: string | undefined, locks: readonly W[]): Promise<void> {
    this.#asking.add(device);
    for (const lock of locks) {
      const why = await this.#o.check(lock).then(
        () => undefined,
        (error: unknown) => error ?? new Error("lost"),
      );
      if (this.#devices.get(device)?.has(lock)) this.#o.onResult(lock, why);
    }
    this.#asking.delete(device);
  }
}
