import { giveChunk, takeChunk } from "./chunk-pool.ts";

/** A run of zeros in a sparse stream. */
export interface Hole {
  readonly hole: bigint;
}

export type StreamItem = Uint8Array | Hole;

/** What arrived on a stream and waits for its one reader. A chunk is the reader's until it asks for the next. */
export class IncomingQueue implements AsyncIterableIterator<StreamItem, undefined> {
  readonly #onTaken: () => void;
  #items: StreamItem[] = [];
  #wake: ((result: IteratorResult<StreamItem, undefined>) => void) | undefined;
  #onDrained: (() => void) | undefined;
  /** What the reader has and has not come back from. */
  #lent: StreamItem | undefined;
  #ended = false;

  /** @param onTaken runs for every item that left the queue, taken or dropped */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  /** Copies `bytes`. @returns as `push` */
  pushBytes(bytes: Uint8Array): boolean {
    if (this.#ended) return false;
    const chunk = takeChunk(bytes.length);
    chunk.set(bytes);
    return this.push(chunk);
  }

  /** @returns whether the item waits (and `onTaken` will be called); items behind the end are dropped */
  push(item: StreamItem): boolean {
    if (this.#ended) return false;
    if (this.#wake !== undefined) {
      const wake = this.#wake;
      this.#wake = undefined;
      this.#lent = item;
      wake({ value: item, done: false });
      return false;
    }
    this.#items.push(item);
    return true;
  }

  /** Nothing more comes. @param drained runs once when the reader is through with what came before */
  finish(drained: () => void): void {
    this.#ended = true;
    const before = this.#onDrained;
    this.#onDrained = before
      ? () => {
          before();
          drained();
        }
      : drained;
    if (this.#items.length === 0 && this.#lent === undefined) this.#drain();
  }

  /** The stream is over: what waits is thrown away, the reader sees the end. */
  drop(): void {
    this.#ended = true;
    this.#onDrained = undefined;
    for (const item of this.#items.splice(0)) {
      reuse(item);
      this.#onTaken();
    }
    this.#drain();
  }

  next(): Promise<IteratorResult<StreamItem, undefined>> {
    reuse(this.#lent);
    this.#lent = undefined;
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#lent = item;
      this.#onTaken();
      return Promise.resolve({ value: item, done: false });
    }
    if (this.#ended) {
      this.#drain();
      return Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The reader wants no more: what waits or comes is thrown away. */
  return(): Promise<IteratorResult<StreamItem, undefined>> {
    const drained = this.#onDrained;
    this.drop();
    drained?.();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The same, for a reader that opened no sparse stream and so gets no holes. */
  async *bytes(): AsyncGenerator<Uint8Array, undefined> {
    for await (const item of this) if (item instanceof Uint8Array) yield item;
  }

  #drain(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.({ value: undefined, done: true });
    const drained = this.#onDrained;
    this.#onDrained = undefined;
    drained?.();
  }
}

function reuse(item: StreamItem | undefined): void {
  if (item instanceof Uint8Array) giveChunk(item);
}
