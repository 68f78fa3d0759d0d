import type { VirError } from "@libvirt-ts/errors";
import {
  FRAME_MIN,
  fromNetError,
  MessageStatus,
  MessageType,
  NetError,
  STREAM_DATA_MAX,
  StreamHole,
} from "@libvirt-ts/protocol";
import { type Deferred, deferred } from "@libvirt-ts/util/deferred";
import { encode } from "@libvirt-ts/xdr";
import type { Connection } from "../connection.ts";
import { streamAborted } from "../errors.ts";
import type { Address } from "../frame.ts";
import { type Hole, IncomingQueue } from "../incoming-queue.ts";
import { decodeAt } from "../scratch.ts";
import type { StreamSink } from "./pending.ts";

/** Packets waiting for their reader at which the connection stops reading. */
const maxWaiting = 32;

/** What a stream needs of its client. */
export interface StreamHost {
  remove(stream: ClientStream): void;
  slow(stream: ClientStream, on: boolean): void;
}

/** The client's end of a stream. */
export class ClientStream implements StreamSink {
  readonly address: Address;
  readonly #connection: Connection;
  readonly #sparse: boolean;
  readonly #host: StreamHost;
  readonly #incoming: IncomingQueue;
  readonly #closed: Deferred<VirError | undefined> = deferred();
  #waiting = 0;
  #abandon: ((error: VirError) => void) | undefined;
  #ended = false;

  constructor(connection: Connection, address: Address, sparse: boolean, host: StreamHost) {
    this.#connection = connection;
    this.address = address;
    this.#sparse = sparse;
    this.#host = host;
    this.#incoming = new IncomingQueue(() => {
      if (--this.#waiting === maxWaiting - 1) host.slow(this, false);
    });
  }

  /** Settles at the end of the stream: with the error that ended it, or undefined. */
  get closed(): Promise<VirError | undefined> {
    return this.#closed.promise;
  }

  /** Data from the server until its end, each chunk valid until the next is asked for; ends early, without error, if the stream fails: look at `closed`. */
  get incoming(): AsyncIterable<Uint8Array> {
    return this.#incoming.bytes();
  }

  /** The same of a sparse stream. */
  get incomingSparse(): AsyncIterable<Uint8Array | Hole> {
    return this.#incoming;
  }

  /** @returns when all of it left; wait for it before the next. Do not change the bytes before. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += STREAM_DATA_MAX) {
      await this.#packet(
        MessageType.STREAM,
        MessageStatus.CONTINUE,
        chunk.subarray(at, at + STREAM_DATA_MAX),
      );
    }
  }

  /** Sends a run of zeros; only on a sparse stream. */
  hole(length: bigint): Promise<void> {
    if (!this.#sparse) throw new TypeError("hole on a stream that is not sparse");
    const body = encode(StreamHole, { length, flags: 0 });
    return this.#packet(MessageType.STREAM_HOLE, MessageStatus.CONTINUE, body);
  }

  /** Ends the stream in order. @throws VirError if the server found fault with it */
  async finish(): Promise<void> {
    await this.#packet(MessageType.STREAM, MessageStatus.OK);
    await this.#outcome();
  }

  /** Ends the stream; the server throws away what it has. */
  async abort(): Promise<void> {
    await this.#packet(MessageType.STREAM, MessageStatus.ERROR);
    await this.#outcome();
  }

  onPacket(type: number, status: number, bytes: Buffer, start: number, end: number): void {
    const body = start + FRAME_MIN;
    if (status === MessageStatus.ERROR) {
      this.#end(fromNetError(decodeAt(NetError, bytes, body, end)));
      return;
    }
    if (type === MessageType.STREAM_HOLE) {
      this.#queued(this.#incoming.push({ hole: decodeAt(StreamHole, bytes, body, end).length }));
      return;
    }
    if (status === MessageStatus.OK) {
      this.#end(undefined);
      return;
    }
    if (body === end) this.#incoming.finish(() => {});
    else this.#queued(this.#incoming.pushBytes(bytes.subarray(body, end)));
  }

  onLost(error: VirError): void {
    this.#end(error);
  }

  #queued(waits: boolean): void {
    if (waits && ++this.#waiting === maxWaiting) this.#host.slow(this, true);
  }

  async #outcome(): Promise<void> {
    const error = await this.closed;
    if (error !== undefined) throw error;
  }

  #packet(type: number, status: number, body?: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(streamAborted());
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#connection.sendBody(this.address, type, status, body, { sent: resolve });
    });
  }

  #end(error: VirError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#host.remove(this);
    if (error === undefined) this.#incoming.finish(() => {});
    else this.#incoming.drop();
    this.#abandon?.(error ?? streamAborted());
    this.#closed.resolve(error);
  }
}
