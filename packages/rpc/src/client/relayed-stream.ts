import type { Connection } from "../connection.ts";
import { type Address, endsStream, readdress } from "../frame.ts";
import type { StreamSink } from "./pending.ts";

/** The client's end of a stream whose packets pass through undecoded. */
export interface RawStreamListener {
  /** At once, before the reply. */
  onOpen(stream: RawClientStream): void;
  /** A copy of a packet of the peer; undefined: the connection is gone. */
  onPacket(frame: Buffer | undefined): void;
}

export interface RawClientStream {
  /** Sends a packet under the call's address. @param sent it left */
  send(frame: Buffer, sent: () => void): void;
  close(): void;
}

export class RelayedClientStream implements StreamSink, RawClientStream {
  readonly address: Address;
  readonly #connection: Connection;
  readonly #listener: RawStreamListener;
  readonly #remove: (address: Address) => void;

  constructor(
    connection: Connection,
    address: Address,
    listener: RawStreamListener,
    remove: (address: Address) => void,
  ) {
    this.#connection = connection;
    this.address = address;
    this.#listener = listener;
    this.#remove = remove;
  }

  send(frame: Buffer, sent: () => void): void {
    this.#connection.sendFrame(readdress(frame, this.address), { sent });
  }

  close(): void {
    this.#remove(this.address);
  }

  onPacket(type: number, status: number, bytes: Buffer, start: number, end: number): void {
    this.#listener.onPacket(Buffer.from(bytes.subarray(start, end)));
    if (endsStream(type, status)) this.close();
  }

  onLost(): void {
    this.#listener.onPacket(undefined);
  }
}
