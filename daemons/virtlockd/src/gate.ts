import { mountOf } from "@libvirt-ts/host/mounts";
import { fileError } from "./errors.ts";

/** Calls at a time to one file system that another host serves; each may block a thread of the pool. */
const slots = 2;
const etimedout = 110;

export interface GateOptions {
  /** How long a call may take. */
  readonly timeoutMs: number;
  readonly mountOf?: typeof mountOf;
}

/**
 * Keeps a file server that does not answer from stalling anything but the calls to it: few at a time per file system,
 * none waited for without end.
 */
export class Gate {
  readonly #timeoutMs: number;
  readonly #mountOf: typeof mountOf;
  readonly #busy = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(o: GateOptions) {
    this.#timeoutMs = o.timeoutMs;
    this.#mountOf = o.mountOf ?? mountOf;
  }

  /**
   * @param late what to do with a result that nobody waits for any more
   * @throws VirError LOCKSPACE/SYSTEM_ERROR (ETIMEDOUT)
   */
  async run<T>(path: string, work: () => Promise<T>, late: (result: T) => void = () => {}): Promise<T> {
    const { device, isLocal } = this.#mountOf(path);
    if (isLocal) return work();
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(fileError(etimedout, `No answer about '${path}'`));
      }, this.#timeoutMs);
    });
    const done = this.#enter(device, () => isLate, work);
    const result = done.then((value) => {
      if (isLate && value !== undefined) late(value);
      return value as T; // undefined only if late
    });
    try {
      return await Promise.race([result, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs when it is its turn, unless nobody waits any more. */
  async #enter<T>(device: string, isLate: () => boolean, work: () => Promise<T>): Promise<T | undefined> {
    while ((this.#busy.get(device) ?? 0) >= slots) {
      await new Promise<void>((resolve) => {
        const queue = this.#waiting.get(device) ?? [];
        this.#waiting.set(device, queue);
        queue.push(resolve);
      });
    }
    if (isLate()) {
      this.#waiting.get(device)?.shift()?.();
      return undefined;
    }
    this.#busy.set(device, (this.#busy.get(device) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#busy.set(device, (this.#busy.get(device) ?? 1) - 1);
      this.#waiting.get(device)?.shift()?.();
    }
  }
}
