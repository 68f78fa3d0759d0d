import type { CallRow } from "@libvirt-ts/protocol";
import { streamAborted } from "../errors.ts";
import type { Address } from "../frame.ts";
import type { Entry } from "./dispatch-table.ts";
import { RelayedStream } from "./relayed-stream.ts";
import type { ServerClient } from "./server-client.ts";
import { OpenStream } from "./stream.ts";
import type { RawCall, RawStream, ServerStream, StreamOptions } from "./types.ts";

const none: readonly number[] = [];

/** A call from its frame to its reply. It is also the address of the reply and of the stream. */
export class ServedCall implements RawCall, Address {
  readonly client: ServerClient;
  readonly entry: Entry;
  readonly prog: number;
  readonly vers: number;
  readonly proc: number;
  readonly serial: number;
  #fds: number[] | undefined;
  #replyFds: number[] | undefined;
  #frame: Buffer | undefined;
  stream: OpenStream | RelayedStream | undefined;

  constructor(client: ServerClient, entry: Entry, serial: number, fds: number[] | undefined) {
    this.client = client;
    this.entry = entry;
    const { row } = entry;
    this.prog = row.program.number;
    this.vers = row.program.version;
    this.proc = row.number;
    this.serial = serial;
    this.#fds = fds;
    this.#replyFds = undefined;
    this.#frame = undefined;
    this.stream = undefined;
  }

  get row(): CallRow {
    return this.entry.row;
  }

  get signal(): AbortSignal {
    return this.client.signal;
  }

  get frame(): Buffer {
    if (this.#frame === undefined) throw new TypeError("the call was decoded, its frame is gone");
    return this.#frame;
  }

  set frame(frame: Buffer) {
    this.#frame = frame;
  }

  takeFds(): number[] {
    const fds = this.#fds ?? [];
    this.#fds = undefined;
    return fds;
  }

  replyWithFds(fds: number[]): void {
    this.#replyFds = [...(this.#replyFds ?? []), ...fds];
  }

  /** The descriptors for the reply, now the caller's. */
  takeReplyFds(): readonly number[] {
    const fds = this.#replyFds ?? none;
    this.#replyFds = undefined;
    return fds;
  }

  openStream({ sparse = false, serve }: StreamOptions = {}): ServerStream {
    if (!this.client.isOpen) throw streamAborted();
    const stream = new OpenStream(this.client, this, sparse);
    this.stream = stream;
    this.client.addStream(stream);
    if (serve !== undefined) stream.run(serve);
    return stream;
  }

  relayStream(listener: (frame: Buffer | undefined, taken: () => void) => void): RawStream {
    const stream = new RelayedStream(this.client, this, listener);
    this.stream = stream;
    this.client.addStream(stream);
    return stream;
  }

  /** The handler is through: closes what nobody took. @param replied false: its reply descriptors too */
  release(replied: boolean): void {
    if (this.#fds !== undefined) this.client.closeFds(this.takeFds());
    if (!replied && this.#replyFds !== undefined) this.client.closeFds(this.takeReplyFds());
  }
}
