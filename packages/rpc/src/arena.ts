import { Writer } from "@libvirt-ts/xdr";

export interface Flushable {
  /** Something is queued. */
  readonly isDirty: boolean;
  /** Sends what is queued; copies what it cannot send and what lies in the arena. */
  flush(): void;
}

/**
 * When a connection that has something to send is flushed: by itself in a moment; at the end of the tick; or, with
 * what nobody waits for, once what has arrived meanwhile was served.
 */
export type FlushTime = "self" | "tick" | "later";

/** Connections flushed "later" before what has arrived gets its turn: an event may be for a thousand of them. */
const flushBurst = 32;
/** Bytes at which that is less important than to have the buffer back. */
const maxWaiting = 1_048_576;

/**
 * The one buffer all connections encode into. A connection's frames of one tick lie behind each other and leave in
 * one send; afterwards the buffer starts over. So an idle connection owns no output buffer.
 */
export class Arena {
  readonly writer = new Writer();
  readonly #soon: Flushable[] = [];
  #later: Flushable[] = [];
  #tickScheduled = false;
  #laterScheduled = false;

  /** `connection` has something to send. */
  add(connection: Flushable, time: FlushTime): void {
    if (time === "later") {
      this.#later.push(connection);
      if (!this.#laterScheduled) setImmediate(this.#flushLater);
      this.#laterScheduled = true;
      return;
    }
    this.#soon.push(connection);
    if (time === "self" || this.#tickScheduled) return;
    this.#tickScheduled = true;
    queueMicrotask(this.#flushSoon);
  }

  /** Flushes one connection now. */
  flush(connection: Flushable): void {
    const at = this.#soon.lastIndexOf(connection);
    if (at >= 0) this.#soon.splice(at, 1);
    connection.flush();
    this.#startOver();
  }

  readonly #flushSoon = (): void => {
    this.#tickScheduled = false;
    for (const connection of this.#soon.splice(0)) connection.flush();
    this.#startOver();
  };

  readonly #flushLater = (): void => {
    const all = this.writer.position > maxWaiting || this.#later.length <= flushBurst;
    const now = all ? this.#later : this.#later.splice(0, flushBurst);
    if (all) this.#later = [];
    for (const connection of now) if (connection.isDirty) connection.flush();
    this.#laterScheduled = this.#later.length > 0;
    if (this.#laterScheduled) setImmediate(this.#flushLater);
    this.#startOver();
  };

  #startOver(): void {
    if (this.#soon.length === 0 && this.#later.length === 0) this.writer.reset();
  }
}

/** Shared by all connections of the process. */
export const arena = new Arena();
