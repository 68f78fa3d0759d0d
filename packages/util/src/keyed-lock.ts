/**
 * Serialises work on things that have a name: at most one task per key runs at a time, others wait in order.
 * Different keys do not wait for each other.
 */
export class KeyedLock<K> {
  readonly #tails = new Map<K, Promise<unknown>>();

  /** Runs `task` when all earlier tasks of `key` have settled. A failing task does not stop the next one. */
  async run<T>(key: K, task: () => T | Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const mine = before ? before.then(task) : (async () => task())();
    const tail = mine.catch(() => {}); // the caller of `mine` sees the error; the queue only needs the end
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Whether anything runs or waits under `key`. */
  isBusy(key: K): boolean {
    return this.#tails.has(key);
  }
}
