import type { AtOnce } from "./at-once.ts";

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

  /** The same, but at once, and without a promise, if nobody is before us and the task needs none. */
  start<T>(key: K, task: () => AtOnce<T>): AtOnce<T> {
    if (this.#tails.has(key)) return this.run(key, task);
    const result = task();
    return result instanceof Promise ? this.run(key, () => result) : result;
  }

  /** Whether anything runs or waits under `key`. */
  isBusy(key: K): boolean {
    return this.#tails.has(key);
  }
}
