import { type Deferred, deferred } from "@libvirt-ts/util/deferred";

/** Wakes those who wait for a log to grow. Costs nothing while nobody waits. */
export class Changes {
  readonly #watches = new Map<string, Set<Watch>>();

  tell(path: string): void {
    const watches = this.#watches.get(path);
    if (watches) for (const watch of watches) watch.wake();
  }

  /** From now on no change is missed. */
  watch(path: string): Watch {
    const watches = this.#watches.get(path) ?? new Set();
    const watch = new Watch(() => {
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(path);
    });
    this.#watches.set(path, watches.add(watch));
    return watch;
  }
}

export class Watch {
  readonly #forget: () => void;
  #changed = false;
  #closed = false;
  #waiting: Deferred<void> | undefined;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  /** @returns true after a change since the last call; false once closed */
  async next(): Promise<boolean> {
    if (!this.#changed && !this.#closed) {
      this.#waiting = deferred<void>();
      await this.#waiting.promise;
      this.#waiting = undefined;
    }
    this.#changed = false;
    return !this.#closed;
  }

  wake(): void {
    this.#changed = true;
    this.#waiting?.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#forget();
    this.#waiting?.resolve();
  }
}
