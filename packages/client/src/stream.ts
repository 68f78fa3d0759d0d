import { Duplex } from "node:stream";
import type { Args, CallRow } from "@libvirt-ts/protocol";
import type { Session } from "./session.ts";
import type { CallOptions } from "./shapes.ts";
import type { TransportStream } from "./transport.ts";

/** A run of zeros is given in pieces of this many bytes. */
const zeros = Buffer.alloc(262_144);

/** What the caller does with it; a console goes both ways. */
export type StreamDirection = "read" | "write" | "both";

/**
 * A libvirt stream as a stream of Node. At the end of what it reads it is finished with the daemon, whose complaint,
 * if it has one, is the stream's error. `destroy()` aborts it.
 */
export class Stream extends Duplex {
  readonly #stream: TransportStream;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.destroy(abortReason(this.#signal));
  #finished: Promise<void> | undefined;

  constructor(
    stream: TransportStream,
    direction: StreamDirection,
    { signal, sparse = false }: { signal?: AbortSignal | undefined; sparse?: boolean } = {},
  ) {
    const sides = { readable: direction !== "write", writable: direction !== "read" }; // not in Node's types
    super({ allowHalfOpen: false, ...sides });
    this.#stream = stream;
    this.#chunks = (sparse ? withoutHoles(stream) : stream.incoming)[Symbol.asyncIterator]();
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    void stream.closed.then((error) => {
      if (error !== undefined && this.#finished === undefined) this.destroy(error);
    });
  }

  /** Makes a call that has a stream and nothing else in its reply. */
  static async open<R extends CallRow>(
    session: Session,
    row: R,
    args: Args<R> & { flags: number },
    { signal }: CallOptions = {},
  ): Promise<Stream> {
    const sparse = row.stream?.sparseFlag !== undefined && (args.flags & row.stream.sparseFlag) !== 0;
    const { stream } = await session.openStream(row, args, { signal, sparse });
    return new Stream(stream, directionOf(row), { signal, sparse });
  }

  override _read(): void {
    this.#chunks.next().then(
      ({ value, done }) => {
        if (done !== true)
          this.push(Buffer.from(value)); // theirs is used again
        else
          this.#finish().then(
            () => this.push(null),
            (error) => this.destroy(error),
          );
      },
      (error) => this.destroy(error),
    );
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    this.#stream.write(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#finish().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    // a stream that has failed or is finished cannot be aborted any more
    if (this.#finished === undefined) this.#stream.abort().catch(() => {});
    done(error);
  }

  #finish(): Promise<void> {
    this.#finished ??= this.#finishOnce();
    return this.#finished;
  }

  async #finishOnce(): Promise<void> {
    try {
      await this.#stream.finish();
    } catch (error) {
      throw (await this.#stream.closed) ?? error; // what ended it says more
    }
  }
}

const abortReason = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal?.reason });

/** Consoles and channels are declared as what they mostly are. */
function directionOf(row: CallRow): StreamDirection {
  if (row.stream?.direction === "write") return "write";
  return row.stream?.sparseFlag === undefined ? "both" : "read";
}

async function* withoutHoles(stream: TransportStream): AsyncGenerator<Uint8Array> {
  for await (const each of stream.incomingSparse) {
    if (each instanceof Uint8Array) {
      yield each;
      continue;
    }
    for (let left = each.hole; left > 0n; left -= BigInt(zeros.length))
      yield left < zeros.length ? zeros.subarray(0, Number(left)) : zeros;
  }
}
