import type { Duplex } from "node:stream";
import type { OpenSocket, Socket, SocketEvents } from "../socket.ts";

const EAGAIN = -11;
const ECONNRESET = -104;
/** For what was handed over when the socket is closed. */
const lingerMs = 5_000;
/** Bytes handed over before we wait for them to leave. */
const maxPending = 262_144;

/**
 * A Node stream as a socket: for TLS, where Node holds the cipher. Descriptors cannot travel.
 * Every message is a write of its own and so begins a TLS record: C libvirt's client takes one message off its socket
 * and then polls, and poll tells nothing of a second one that came in the same record.
 * The stream must not be read by anybody else; it belongs to the socket.
 */
export const streamSocket =
  (stream: Duplex): OpenSocket =>
  (events) =>
    new StreamSocket(stream, events);

class StreamSocket implements Socket {
  readonly #stream: Duplex;
  readonly #events: SocketEvents;
  #readable = false;
  #writable = false;
  #ended = false;
  #failed = false;
  #open = true;
  #scheduled = false;
  /** Bytes to come of the message whose beginning was handed over; headers come in one piece. */
  #rest = 0;

  constructor(stream: Duplex, events: SocketEvents) {
    this.#stream = stream;
    this.#events = events;
    Reflect.set(stream, "_writev", null); // or what waits is written as one
    stream.on("readable", () => {
      if (stream.readableLength > 0) this.#onReadable();
      else stream.read(); // or the end is never told
    });
    stream.on("end", () => {
      this.#ended = true;
      this.#onEnd();
    });
    stream.on("drain", () => {
      if (this.#open && this.#writable) events.onWritable();
    });
    stream.on("error", () => {
      this.#failed = true;
      this.#onEnd();
    });
    stream.on("close", () => {
      this.#ended = true;
      this.#onEnd();
    });
  }

  recv(into: Buffer, at: number, length: number): number {
    const chunk: Buffer | null = this.#stream.read(
      Math.min(length, this.#stream.readableLength) || undefined,
    );
    if (chunk !== null) return chunk.copy(into, at);
    if (this.#failed) return ECONNRESET;
    return this.#ended ? 0 : EAGAIN;
  }

  send(parts: readonly Uint8Array[]): number {
    if (this.#failed || !this.#stream.writable) return ECONNRESET;
    if (this.#stream.writableNeedDrain) return EAGAIN;
    const bytes = Buffer.concat(parts); // copied: theirs are used again after this tick
    let taken = 0;
    while (taken < bytes.length && taken < maxPending) {
      const rest = this.#rest > 0 ? this.#rest : bytes.readUInt32BE(taken);
      const end = Math.min(taken + rest, bytes.length);
      this.#rest = rest - (end - taken);
      this.#stream.write(bytes.subarray(taken, end));
      taken = end;
    }
    return taken;
  }

  watch(readable: boolean, writable: boolean): void {
    this.#readable = readable;
    this.#writable = writable;
    const isWaiting = (readable && (this.#stream.readableLength > 0 || this.#ended)) || this.#failed;
    if (isWaiting || (writable && !this.#stream.writableNeedDrain)) this.#soon();
  }

  closeFd(): void {
    // there are none
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.resume(); // nobody reads what comes
    this.#stream.end(() => this.#stream.destroy()); // what was handed over still leaves
    setTimeout(() => this.#stream.destroy(), lingerMs).unref();
  }

  /** What was there before it was watched is told of in a later turn, as the kernel would. */
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#open && this.#writable && !this.#stream.writableNeedDrain) this.#events.onWritable();
      this.#onReadable();
      if (this.#failed || this.#ended) this.#onEnd();
    });
  }

  #onReadable(): void {
    while (this.#open && this.#readable && this.#stream.readableLength > 0) this.#events.onReadable();
  }

  #onEnd(): void {
    if (!this.#open) return;
    if (this.#readable) this.#events.onReadable();
    else if (this.#failed) this.#events.onHangup();
  }
}
