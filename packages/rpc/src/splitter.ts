import { FDS_MAX, FRAME_MAX, FRAME_MIN, MessageType } from "@libvirt-ts/protocol";
import { giveChunk, takeChunk } from "./chunk-pool.ts";
import { offset } from "./frame.ts";

/** The peer broke the framing: the connection is dead and must be closed without a reply. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

export interface FrameSink {
  /**
   * @param bytes holds the frame at `start`..`end`, length word included; valid until this returns
   * @param fds descriptors that followed the frame, the receiver's to close
   * @returns false to stop here: no further frame until `resume`
   */
  onFrame(bytes: Buffer, start: number, end: number, fds: number[] | undefined): boolean;
}

/** Frames longer than this gather in a buffer of their own. */
const ownBufferFrom = 262_144;
const firstOwnBuffer = 1_048_576;

/**
 * Splits a byte stream into frames without copying those that arrive whole.
 * Between reads only an unfinished frame is kept.
 *
 * A message with descriptors is followed by one dummy byte each. The kernel ends a read behind a byte that
 * carries a descriptor, so descriptors belong to the last byte of a read: on a dummy byte they are the message's,
 * anywhere else they are strays and closed.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #closeFd: (fd: number) => void;
  /** Bytes not parsed yet. */
  #rest: Buffer | undefined;
  #restStart = 0;
  #restEnd = 0;
  #restFds: number[] = [];
  /** A frame whose descriptors are still to come. */
  #held: { frame: Buffer; fds: number[]; missing: number } | undefined;
  /** The rest is a part of a big frame of this many bytes. */
  #gathering = 0;
  #paused = false;
  #dead = false;

  constructor(sink: FrameSink, closeFd: (fd: number) => void) {
    this.#sink = sink;
    this.#closeFd = closeFd;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Bytes kept between reads. */
  get kept(): number {
    return this.#restEnd - this.#restStart;
  }

  /** The bytes kept between reads; undefined while a frame waits for its descriptors. */
  get keptBytes(): Buffer | undefined {
    if (this.#held !== undefined) return undefined;
    return this.#rest?.subarray(this.#restStart, this.#restEnd) ?? Buffer.alloc(0);
  }

  /**
   * Reads once.
   * @param scratch where to read to, shared by all connections
   * @param read fills `into` from `at`, at most `length` bytes; adds received descriptors to `fds`
   * @returns what `read` returned: bytes, 0 at the end, or a negative errno
   * @throws FramingError
   */
  fill(scratch: Buffer, read: (into: Buffer, at: number, length: number, fds: number[]) => number): number {
    const fds = this.#restFds;
    if (this.#gathering > 0) return this.#gather(read, fds);
    let start = 0;
    if (this.#rest !== undefined) {
      start = this.#rest.copy(scratch, 0, this.#restStart, this.#restEnd);
    }
    const count = read(scratch, start, scratch.length - start, fds);
    if (count <= 0) return count;
    this.#clearRest();
    this.#parse(scratch, 0, start + count, fds);
    return count;
  }

  /** Goes on after `onFrame` returned false. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const rest = this.#rest;
    const start = this.#restStart;
    const end = this.#restEnd;
    this.#clearRest();
    if (rest !== undefined) this.#parse(rest, start, end, this.#restFds, true);
  }

  /** Closes the descriptors still held; no frame is delivered afterwards. */
  destroy(): void {
    this.#dead = true;
    this.#closeAll(this.#restFds);
    if (this.#held) this.#closeAll(this.#held.fds);
    this.#held = undefined;
    this.#clearRest();
  }

  #clearRest(): void {
    this.#rest = undefined;
    this.#restStart = this.#restEnd = 0;
    this.#gathering = 0;
  }

  #closeAll(fds: number[]): void {
    for (const fd of fds.splice(0)) this.#closeFd(fd);
  }

  #gather(read: (into: Buffer, at: number, length: number, fds: number[]) => number, fds: number[]): number {
    let rest = this.#rest!; // set while gathering
    if (this.#restEnd === rest.length) {
      const grown = takeChunk(Math.min(2 * rest.length, this.#gathering));
      rest.copy(grown, 0, 0, this.#restEnd);
      giveChunk(rest);
      this.#rest = rest = grown;
    }
    const count = read(rest, this.#restEnd, rest.length - this.#restEnd, fds);
    if (count <= 0) return count;
    this.#restEnd += count;
    if (this.#restEnd < this.#gathering) {
      this.#closeAll(fds);
    } else {
      const end = this.#restEnd;
      this.#clearRest();
      this.#parse(rest, 0, end, fds);
      giveChunk(rest); // a whole frame: nothing of it is kept
    }
    return count;
  }

  /** @param own `bytes` is ours alone and may be kept */
  #parse(bytes: Buffer, start: number, end: number, fds: number[], own = false): void {
    const at = this.#deliver(bytes, start, end, fds);
    if (this.#dead) return;
    if (!this.#paused && fds.length > 0) this.#closeAll(fds);
    if (at === end) return;
    if (own && this.#paused) {
      this.#rest = bytes;
      this.#restStart = at;
      this.#restEnd = end;
    } else this.#keep(bytes, at, end);
  }

  /** @returns how far it came */
  #deliver(bytes: Buffer, start: number, end: number, fds: number[]): number {
    let at = start;
    while (!this.#paused && !this.#dead) {
      if (this.#held !== undefined) {
        if (at === end) break;
        at++;
        this.#takeFd(at === end ? fds.shift() : undefined);
        continue;
      }
      if (end - at < 4) break;
      const length = bytes.readUInt32BE(at);
      if (length < FRAME_MIN || length > FRAME_MAX) throw new FramingError(`frame of ${length} bytes`);
      if (end - at < length) break;
      const type = bytes.readUInt32BE(at + offset.type);
      const next = at + length;
      const carried = type === MessageType.CALL_WITH_FDS || type === MessageType.REPLY_WITH_FDS;
      if (carried && this.#hold(bytes, at, next)) at = next;
      else {
        at = next;
        this.#paused = !this.#sink.onFrame(bytes, next - length, next, undefined);
      }
    }
    return at;
  }

  /** @returns whether the frame has to wait for descriptors */
  #hold(bytes: Buffer, at: number, next: number): boolean {
    if (next - at < FRAME_MIN + 4) throw new FramingError("no number of descriptors");
    const missing = bytes.readUInt32BE(at + FRAME_MIN);
    if (missing > FDS_MAX) throw new FramingError(`${missing} descriptors`);
    if (missing === 0) return false;
    this.#held = { frame: Buffer.from(bytes.subarray(at, next)), fds: [], missing };
    return true;
  }

  #takeFd(fd: number | undefined): void {
    if (fd === undefined) throw new FramingError("no descriptor on its byte");
    const held = this.#held!; // checked by the caller
    held.fds.push(fd);
    if (--held.missing > 0) return;
    this.#held = undefined;
    this.#paused = !this.#sink.onFrame(held.frame, 0, held.frame.length, held.fds);
  }

  #keep(bytes: Buffer, at: number, end: number): void {
    const length = !this.#paused && end - at >= 4 ? bytes.readUInt32BE(at) : 0;
    if (length > ownBufferFrom) {
      this.#gathering = length;
      this.#rest = takeChunk(Math.min(length, Math.max(firstOwnBuffer, end - at)));
      bytes.copy(this.#rest, 0, at, end);
    } else this.#rest = Buffer.from(bytes.subarray(at, end));
    this.#restStart = 0;
    this.#restEnd = end - at;
  }
}
