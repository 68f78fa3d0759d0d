import { MessageStatus, MessageType } from "@libvirt-ts/protocol";
import { type Address, endsStream, offset, readdress } from "../frame.ts";
import type { IncomingStream, ServerClient } from "./server-client.ts";
import type { RawStream } from "./types.ts";

/** A stream whose packets pass through undecoded. */
export class RelayedStream implements IncomingStream, RawStream {
  readonly address: Address;
  readonly #client: ServerClient;
  readonly #listener: (frame: Buffer | undefined, taken: () => void) => void;
  #started = false;
  #early: (() => void)[] = [];
  #closed = false;

  constructor(
    client: ServerClient,
    address: Address,
    listener: (frame: Buffer | undefined, taken: () => void) => void,
  ) {
    this.#client = client;
    this.address = address;
    this.#listener = listener;
  }

  onPacket(_type: number, _status: number, bytes: Buffer, start: number, end: number): void {
    this.#client.beginRequest();
    let open = true;
    this.#listener(Buffer.from(bytes.subarray(start, end)), () => {
      if (open) this.#client.endRequest();
      open = false;
    });
  }

  start(): void {
    this.#started = true;
    for (const send of this.#early.splice(0)) send();
  }

  send(frame: Buffer, sent?: () => void): void {
    if (this.#closed) return;
    const type = frame.readUInt32BE(offset.type);
    const status = frame.readUInt32BE(offset.status);
    const send = () => this.#client.sendFrame(readdress(frame, this.address), sent ? { sent } : {});
    if (this.#started) send();
    else this.#early.push(send);
    const failed = type === MessageType.REPLY && status === MessageStatus.ERROR; // of a hole
    if (endsStream(type, status) || failed) this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.removeStream(this);
  }

  discard(): void {
    this.close();
  }

  gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener(undefined, () => {});
  }
}
