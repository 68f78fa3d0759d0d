import { ErrorDomain, type VirError } from "@libvirt-ts/errors";
import {
  FRAME_MIN,
  MessageStatus,
  MessageType,
  NetError,
  STREAM_DATA_MAX,
  StreamHole,
  toNetError,
} from "@libvirt-ts/protocol";
import { type Deferred, deferred } from "@libvirt-ts/util/deferred";
import { encode } from "@libvirt-ts/xdr";
import { streamAborted } from "../errors.ts";
import type { Address } from "../frame.ts";
import { type Hole, IncomingQueue } from "../incoming-queue.ts";
import { decodeAt } from "../scratch.ts";
import type { IncomingStream, ServerClient } from "./server-client.ts";
import type { ServerStream, StreamEnd } from "./types.ts";

/** A stream of a call that is served here. */
export class OpenStream implements ServerStream, IncomingStream {
  readonly address: Address;
  readonly #closed: Deferred<StreamEnd> = deferred();
  readonly #client: ServerClient;
  readonly #sparse: boolean;
  readonly #incoming: IncomingQueue;
  readonly #beforeFinish: (() => void | Promise<void>)[] = [];
  /** Rejects the write under way. */
  #abandon: ((error: VirError) => void) | undefined;
  #started = false;
  #early: (() => void)[] = [];
  #ended = false;

  constructor(client: ServerClient, address: Address, sparse: boolean) {
    this.#client = client;
    this.address = address;
    this.#sparse = sparse;
    this.#incoming = new IncomingQueue(() => client.endRequest());
  }

  get closed(): Promise<StreamEnd> {
    return this.#closed.promise;
  }

  get incoming(): AsyncIterable<Uint8Array> {
    return this.#incoming.bytes();
  }

  get incomingSparse(): AsyncIterable<Uint8Array | Hole> {
    return this.#incoming;
  }

  beforeFinish(step: () => void | Promise<void>): void {
    this.#beforeFinish.push(step);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += STREAM_DATA_MAX) {
      await this.#packet(MessageType.STREAM, chunk.subarray(at, at + STREAM_DATA_MAX));
    }
  }

  hole(length: bigint): Promise<void> {
    if (!this.#sparse) throw new TypeError("hole on a stream that is not sparse");
    return this.#packet(MessageType.STREAM_HOLE, encode(StreamHole, { length, flags: 0 }));
  }

  end(): Promise<void> {
    return this.#packet(MessageType.STREAM, new Uint8Array(0));
  }

  fail(error: VirError): void {
    if (this.#ended) return;
    const body = encode(NetError, toNetError(error));
    this.#afterReply(() =>
      this.#client.sendBody(this.address, MessageType.STREAM, MessageStatus.ERROR, body),
    );
    this.#end("failed");
  }

  /** Runs the stream's work; what it throws after the end is only the end seen from there. */
  run(serve: (stream: ServerStream) => Promise<void>): void {
    serve(this).catch((thrown: unknown) => {
      if (!this.#ended) this.fail(this.#client.convertError(thrown, ErrorDomain.STREAMS));
    });
  }

  /** The reply is out: packets may follow. */
  start(): void {
    this.#started = true;
    for (const send of this.#early.splice(0)) send();
  }

  /** The call failed: there is no stream. */
  discard(): void {
    this.#early = [];
    this.#end("failed");
  }

  gone(): void {
    this.#end("gone");
  }

  onPacket(type: number, status: number, bytes: Buffer, start: number, end: number): void {
    if (type === MessageType.STREAM_HOLE) {
      this.#onHole(bytes, start, end);
      return;
    }
    switch (status) {
      case MessageStatus.CONTINUE:
        this.#onData(bytes.subarray(start + FRAME_MIN, end));
        return;
      case MessageStatus.OK:
        this.#incoming.finish(() => void this.#confirm());
        return;
      default:
        this.#acknowledge();
        this.#end("abort");
        return;
    }
  }

  #onData(data: Uint8Array): void {
    if (data.length === 0) this.#incoming.finish(() => {});
    else if (this.#incoming.pushBytes(data)) this.#client.beginRequest();
  }

  #onHole(bytes: Buffer, start: number, end: number): void {
    if (!this.#sparse) {
      this.#client.drop("hole on a stream that is not sparse");
      return;
    }
    const { length } = decodeAt(StreamHole, bytes, start + FRAME_MIN, end);
    if (this.#incoming.push({ hole: length })) this.#client.beginRequest();
  }

  /** The client has finished and everything it sent was taken. */
  async #confirm(): Promise<void> {
    try {
      for (const step of this.#beforeFinish) await step();
    } catch (thrown) {
      return this.fail(this.#client.convertError(thrown, ErrorDomain.STREAMS));
    }
    if (this.#ended) return;
    this.#acknowledge();
    this.#end("finish");
  }

  #acknowledge(): void {
    this.#afterReply(() => this.#client.sendBody(this.address, MessageType.STREAM, MessageStatus.OK));
  }

  #packet(type: number, body: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(streamAborted());
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#afterReply(() =>
        this.#client.sendBody(this.address, type, MessageStatus.CONTINUE, body, { sent: resolve }),
      );
    });
  }

  #afterReply(send: () => void): void {
    if (this.#started) send();
    else this.#early.push(send);
  }

  #end(end: StreamEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client.removeStream(this);
    this.#incoming.drop();
    this.#abandon?.(streamAborted());
    this.#closed.resolve(end);
  }
}
