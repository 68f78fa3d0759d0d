import { FRAME_MAX, FRAME_MIN } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";
import type { Arena } from "./arena.ts";
import { rpcError } from "./errors.ts";
import { type Address, putHeader } from "./frame.ts";
import type { Socket } from "./socket.ts";

export interface SendOptions {
  /** Each follows on a byte of its own and is closed once it left. */
  fds?: readonly number[];
  /** Runs when the last byte left. */
  sent?: () => void;
}

interface Chunk {
  bytes: Uint8Array;
  /** Descriptor that travels with this one-byte chunk; closed when it left. */
  fd: number;
  sent: (() => void) | undefined;
}

export const EAGAIN = -11;
/** Bodies longer than this are queued as they are, shorter ones are copied behind their header. */
const copyBelow = 4_096;
const maxParts = 64;
const noFds: readonly number[] = [];
const dummyByte = Uint8Array.of(0);
const noBody = new Uint8Array(0);

/** Messages on their way out, in order. Short ones gather in the arena until the end of the tick. */
export class Outbox {
  readonly #socket: Pick<Socket, "send" | "closeFd">;
  readonly #arena: Arena;
  #queue: Chunk[] = [];
  /** As many chunks at the front do not lie in the arena. */
  #parked = 0;
  /** The arena bytes written last, not in the queue yet. */
  #tail: Buffer | undefined;
  #tailStart = 0;
  #tailEnd = 0;
  #queued = 0;
  #closed = false;
  readonly #parts: Uint8Array[] = [];

  constructor(socket: Pick<Socket, "send" | "closeFd">, arena: Arena) {
    this.#socket = socket;
    this.#arena = arena;
  }

  /** Bytes that wait. */
  get queued(): number {
    return this.#queued;
  }

  /** Encodes a message. @throws VirError; nothing is queued then */
  encode<T>(
    address: Address,
    type: number,
    status: number,
    codec: Codec<T> | null,
    value: T | undefined,
    fds: readonly number[] = noFds,
  ): void {
    const { writer } = this.#arena;
    const at = writer.position;
    const body = at + FRAME_MIN + (fds.length > 0 ? 4 : 0);
    writer.reserve(at, body - at);
    writer.position = body;
    try {
      if (codec !== null) writer.write(codec, value as T); // a codec comes with its value
      const length = writer.position - at;
      if (length > FRAME_MAX) throw rpcError(`message of ${length} bytes is too long`);
      putHeader(writer.bytes, at, length, address, type, status);
      if (fds.length > 0) writer.bytes.writeUInt32BE(fds.length, at + FRAME_MIN);
    } catch (error) {
      writer.position = at;
      throw error;
    }
    this.#written(at);
    this.#pushFds(fds);
  }

  /** A message whose body is encoded already, or raw. A long `body` must not change before it left. */
  body(address: Address, type: number, status: number, body: Uint8Array = noBody, o: SendOptions = {}): void {
    const { fds = noFds, sent } = o;
    const { writer } = this.#arena;
    const at = writer.position;
    const lead = FRAME_MIN + (fds.length > 0 ? 4 : 0);
    writer.reserve(at, lead);
    putHeader(writer.bytes, at, lead + body.length, address, type, status);
    if (fds.length > 0) writer.bytes.writeUInt32BE(fds.length, at + FRAME_MIN);
    writer.position = at + lead;
    this.#written(at);
    this.#append(body, sent);
    this.#pushFds(fds);
  }

  /** A whole frame; it must not change before it left if it is long. */
  frame(frame: Uint8Array, { fds = noFds, sent }: SendOptions = {}): void {
    this.#append(frame, sent);
    this.#pushFds(fds);
  }

  /** A whole frame without copying: the same bytes for many connections. */
  shared(frame: Uint8Array): void {
    this.#push(frame, -1, undefined);
  }

  /** A copy of a whole frame whose body begins with `firstWord`: the same frame, but for that, for many connections. */
  stamped(frame: Uint8Array, firstWord: number): void {
    const { writer } = this.#arena;
    const at = writer.position;
    writer.reserve(at, frame.length);
    writer.bytes.set(frame, at);
    writer.bytes.writeInt32BE(firstWord, at + FRAME_MIN);
    writer.position = at + frame.length;
    this.#written(at);
  }

  /**
   * Sends as much as the kernel takes. What remains no longer lies in the arena.
   * @returns 0 when everything left, else a negative errno: EAGAIN, or the connection is dead
   */
  transmit(): number {
    let result = this.#queue.length === 0 && this.#tail !== undefined ? this.#sendTail() : 0;
    if (result === 0) result = this.#sendQueue();
    return result === EAGAIN ? this.park() : result;
  }

  /** What waits must outlive the tick, so it leaves the arena. @returns EAGAIN */
  park(): number {
    this.#seal(undefined);
    const { buffer } = this.#arena.writer.bytes;
    for (; this.#parked < this.#queue.length; this.#parked++) {
      const chunk = this.#queue[this.#parked]!; // below length
      if (chunk.bytes.buffer === buffer) chunk.bytes = new Uint8Array(chunk.bytes);
    }
    return EAGAIN;
  }

  /** What waits, as plain JSON; see `SavedTraffic`. */
  save(): { bytes: string; fd: number }[] {
    this.#seal(undefined);
    return this.#queue.map(({ bytes, fd }) => ({ bytes: Buffer.from(bytes).toString("base64"), fd }));
  }

  restore(saved: readonly { readonly bytes: string; readonly fd: number }[]): void {
    for (const { bytes, fd } of saved) this.#push(Buffer.from(bytes, "base64"), fd, undefined);
  }

  /** Throws away what waits and what comes. */
  close(): void {
    this.#closed = true;
    for (const { fd } of this.#queue) if (fd >= 0) this.#socket.closeFd(fd);
    this.#queue = [];
    this.#parked = 0;
    this.#tail = undefined;
    this.#queued = 0;
  }

  #append(bytes: Uint8Array, sent: (() => void) | undefined): void {
    if (bytes.length >= copyBelow) {
      this.#push(bytes, -1, sent);
      return;
    }
    const { writer } = this.#arena;
    const at = writer.position;
    writer.reserve(at, bytes.length);
    writer.bytes.set(bytes, at);
    writer.position = at + bytes.length;
    this.#written(at);
    if (sent !== undefined) this.#seal(sent);
  }

  /** The arena's bytes from `at` on are ours. */
  #written(at: number): void {
    const { writer } = this.#arena;
    if (this.#closed) {
      writer.position = at;
      return;
    }
    this.#queued += writer.position - at;
    if (this.#tail !== writer.bytes || this.#tailEnd !== at) {
      this.#seal(undefined);
      this.#tail = writer.bytes;
      this.#tailStart = at;
    }
    this.#tailEnd = writer.position;
  }

  #seal(sent: (() => void) | undefined): void {
    if (this.#tail === undefined) return;
    this.#queue.push({ bytes: this.#tail.subarray(this.#tailStart, this.#tailEnd), fd: -1, sent });
    this.#tail = undefined;
  }

  #push(bytes: Uint8Array, fd: number, sent: (() => void) | undefined): void {
    if (this.#closed) {
      if (fd >= 0) this.#socket.closeFd(fd);
      return;
    }
    this.#seal(undefined);
    this.#queue.push({ bytes, fd, sent });
    this.#queued += bytes.length;
  }

  #pushFds(fds: readonly number[]): void {
    for (const fd of fds) this.#push(dummyByte, fd, undefined);
  }

  /** The usual case: one run of frames and nothing else. */
  #sendTail(): number {
    const bytes = this.#tail!.subarray(this.#tailStart, this.#tailEnd); // the caller looked
    this.#parts.push(bytes);
    const count = this.#socket.send(this.#parts, noFds);
    this.#parts.length = 0;
    if (count < 0) return count;
    this.#queued -= count;
    if (count === bytes.length) this.#tail = undefined;
    else this.#tailStart += count;
    return 0;
  }

  #sendQueue(): number {
    this.#seal(undefined);
    const queue = this.#queue;
    let done = 0;
    let count = 0;
    while (done < queue.length && count >= 0 && !this.#closed) {
      const first = queue[done]!; // done < length
      this.#gather(queue, done);
      count = this.#socket.send(this.#parts, first.fd < 0 ? noFds : [first.fd]);
      this.#parts.length = 0;
      if (count >= 0) done = this.#taken(queue, done, count);
    }
    if (!this.#closed) {
      queue.splice(0, done);
      this.#parked = Math.max(0, this.#parked - done);
    }
    return Math.min(count, 0);
  }

  /** A descriptor leaves alone, messages leave together. */
  #gather(queue: readonly Chunk[], from: number): void {
    for (let i = from; i < queue.length && this.#parts.length < maxParts; i++) {
      const { bytes, fd } = queue[i]!; // i < length
      if (fd >= 0 && i > from) return;
      this.#parts.push(bytes);
      if (fd >= 0) return;
    }
  }

  /** Takes `count` sent bytes off the chunks from `at` on. @returns the first one not wholly sent */
  #taken(queue: readonly Chunk[], at: number, count: number): number {
    this.#queued -= count;
    let left = count;
    for (; ; at++) {
      const chunk = queue[at];
      if (chunk === undefined || chunk.bytes.length > left) {
        if (chunk !== undefined && left > 0) chunk.bytes = chunk.bytes.subarray(left);
        return at;
      }
      left -= chunk.bytes.length;
      if (chunk.fd >= 0) this.#socket.closeFd(chunk.fd);
      chunk.fd = -1;
      chunk.sent?.();
    }
  }
}
