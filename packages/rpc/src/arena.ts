import { Writer } from "@libvirt-ts/xdr";

export interface Flushable {
  /** Sends what is queued; copies what it cannot send and what lies in the arena. */
  flush(): void;
}

/** Connections flushed before what has arrived gets its turn: an event may be for a thousand of them. */
const flushBurst = 64;
/** Bytes at which that is less important than to have the buffer back. */
const maxWaiting = 1_048_576;

/**
 * The one buffer all connections encode into. A connection's frames of one tick lie behind each other and leave in
 * one send; afterwards the buffer starts over. So an idle connection owns no output buffer.
 */
export class Arena {
  readonly writer = new Writer();
  readonly #schedule: (flush: () => void) => void;
  readonly #dirty: Flushable[] = [];
  #scheduled = false;

  constructor(schedule: (flush: () => void) => void = queueMicrotask) {
    this.#schedule = schedule;
  }

  /**
   * `connection` has something to send.
   * @param soon it flushes itself in a moment; otherwise it is flushed at the end of the tick
   */
  add(connection: Flushable, soon: boolean): void {
    this.#dirty.push(connection);
    if (soon || this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(this.#flushSome);
  }

  /** Flushes one connection now. */
  flush(connection: Flushable): void {
    const at = this.#dirty.lastIndexOf(connection);
    if (at >= 0) this.#dirty.splice(at, 1);
    connection.flush();
    if (this.#dirty.length === 0) this.writer.reset();
  }

  readonly #flushSome = (): void => {
    const count = this.writer.position > maxWaiting ? this.#dirty.length : flushBurst;
    for (const connection of this.#dirty.splice(0, count)) connection.flush();
    this.#scheduled = this.#dirty.length > 0;
    if (this.#scheduled) setImmediate(this.#flushSome);
    else this.writer.reset();
  };
}

/** Shared by all connections of the process. */
export const arena = new Arena();
