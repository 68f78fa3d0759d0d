import { errnoName } from "@libvirt-ts/errors";
import { FRAME_MAX, FRAME_MIN } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";
import { type Arena, arena as sharedArena } from "./arena.ts";
import { rpcError } from "./errors.ts";
import { type Address, putHeader } from "./frame.ts";
import { scratch } from "./scratch.ts";
import type { OpenSocket, Socket } from "./socket.ts";
import { FrameSplitter, FramingError } from "./splitter.ts";

/** Why a connection ended; `undefined` for our own `close()`. */
export type CloseReason = { readonly what: "eof" | "hangup" | "framing" | "errno"; readonly detail: string };

export interface ConnectionOwner {
  /**
   * Stop reading while much is queued for a slow peer. For servers only: if both sides did, each could wait for
   * the other to read.
   */
  readonly pausesWhenFull: boolean;
  /** As `FrameSink.onFrame`. Must not throw. */
  onFrame(bytes: Buffer, start: number, end: number, fds: number[] | undefined): boolean;
  /** Something arrived; once a read. */
  onReceived?(): void;
  /** Once, when the connection is down and its socket closed. */
  onGone(reason: CloseReason | undefined): void;
}

interface Chunk {
  bytes: Uint8Array;
  /** Descriptor that travels with this one-byte chunk; closed when it left. */
  fd: number;
  /** Runs when the last byte left. */
  sent: (() => void) | undefined;
}

/** What a connection has in hand, as plain JSON, for another image of this process to go on with. */
export interface SavedTraffic {
  readonly fd: number;
  /** Received and not served; base64. */
  readonly unread: string;
  /** Queued and not sent, each with the descriptor that travels with it (-1 = none); base64. */
  readonly unsent: readonly { readonly bytes: string; readonly fd: number }[];
}

const EAGAIN = -11;
/** Bytes queued at which reading pauses, and at which it goes on. */
const highWater = 1_048_576;
const lowWater = 262_144;
/** Bodies longer than this are queued as they are, shorter ones are copied behind their header. */
const copyBelow = 4_096;
const maxParts = 64;
const noFds: readonly number[] = [];
const dummyByte = Uint8Array.of(0);
const noBody = new Uint8Array(0);

/**
 * A peer: frames in, frames out, in order. Sends everything of one tick together, keeps what the kernel does not
 * take, and stops reading while much is queued.
 */
export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #arena: Arena;
  readonly #splitter: FrameSplitter;
  #queue: Chunk[] = [];
  /** The arena bytes written last, not in the queue yet. */
  #tail: Buffer | undefined;
  #tailStart = 0;
  #tailEnd = 0;
  #queued = 0;
  #dirty = false;
  #blocked = false;
  #reading = false;
  /** Reading stops above the high mark and goes on below the low one. */
  #full = false;
  #resuming = false;
  #held = false;
  #frozen = false;
  #closed = false;
  #closeWhenSent = false;
  readonly #parts: Uint8Array[] = [];
  readonly #read: (into: Buffer, at: number, length: number, fds: number[]) => number;

  constructor(owner: ConnectionOwner, open: OpenSocket, arena: Arena = sharedArena) {
    this.#owner = owner;
    this.#arena = arena;
    this.#socket = open({
      onReadable: () => this.#onReadable(),
      onWritable: () => this.#onWritable(),
      onHangup: () => this.#end({ what: "hangup", detail: "" }),
    });
    this.#splitter = new FrameSplitter(owner, (fd) => this.#socket.closeFd(fd));
    this.#read = (into, at, length, fds) => this.#socket.recv(into, at, length, fds);
    this.#watch();
  }

  /** Bytes that wait for the peer to read. */
  get queued(): number {
    return this.#queued;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Encodes a message behind those already queued. @throws VirError; nothing is queued then */
  send<T>(
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
    this.#queueArena(at);
    if (fds.length > 0) this.#queueFds(fds);
  }

  /**
   * Queues a message whose body is encoded already (or raw, for stream data).
   * @param sent runs when it left; a long `body` must not change before
   */
  sendBody(
    address: Address,
    type: number,
    status: number,
    body: Uint8Array = noBody,
    o: SendOptions = {},
  ): void {
    const { fds = noFds, sent } = o;
    const { writer } = this.#arena;
    const at = writer.position;
    const lead = FRAME_MIN + (fds.length > 0 ? 4 : 0);
    const copied = body.length < copyBelow;
    writer.reserve(at, lead + (copied ? body.length : 0));
    putHeader(writer.bytes, at, lead + body.length, address, type, status);
    if (fds.length > 0) writer.bytes.writeUInt32BE(fds.length, at + FRAME_MIN);
    if (copied) writer.bytes.set(body, at + lead);
    writer.position = at + lead + (copied ? body.length : 0);
    this.#queueArena(at);
    if (!copied) this.#push(body, -1, sent);
    else if (sent) this.#markSent(sent);
    if (fds.length > 0) this.#queueFds(fds);
  }

  /** Queues a whole frame. It is not copied when long. `fds` follow it and are closed once sent. */
  sendFrame(frame: Uint8Array, { fds = noFds, sent }: SendOptions = {}): void {
    if (frame.length < copyBelow) {
      const { writer } = this.#arena;
      const at = writer.position;
      writer.reserve(at, frame.length);
      writer.bytes.set(frame, at);
      writer.position = at + frame.length;
      this.#queueArena(at);
      if (sent) this.#markSent(sent);
    } else this.#push(frame, -1, sent);
    if (fds.length > 0) this.#queueFds(fds);
  }

  /** Queues a frame without copying or sharing the arena: the same bytes for many connections. */
  sendShared(frame: Uint8Array): void {
    this.#push(frame, -1, undefined);
  }

  /** Frames go on, at the end of the tick, after `onFrame` returned false. */
  resume(): void {
    if (this.#closed || this.#resuming || this.#frozen || !this.#splitter.paused) return;
    this.#resuming = true;
    this.#touch();
  }

  /** Stops reading (nothing arrives any more) or goes on; independent of `onFrame`'s answer. */
  hold(on: boolean): void {
    this.#held = on;
    if (!on) this.resume();
    this.#watch();
  }

  /** False while the owner, or a slow peer, keeps us from reading. */
  get isReading(): boolean {
    return !this.#splitter.paused && !this.#held && !this.#frozen && !this.#full;
  }

  closeFd(fd: number): void {
    this.#socket.closeFd(fd);
  }

  /** Serves no frame any more, not even one that has arrived; or goes on. Sending goes on all the time. */
  freeze(on: boolean): void {
    this.#frozen = on;
    if (!on) this.resume();
    this.#watch();
  }

  /** While frozen: what is in hand. @returns undefined when this connection cannot be carried along */
  save(): SavedTraffic | undefined {
    this.flush();
    this.#seal(undefined);
    const unread = this.#splitter.keptBytes;
    const { fd } = this.#socket;
    if (this.#closed || this.#closeWhenSent || unread === undefined || fd === undefined) return undefined;
    const unsent = this.#queue.map(({ bytes, fd: passed }) => ({
      bytes: Buffer.from(bytes).toString("base64"),
      fd: passed,
    }));
    return { fd, unread: unread.toString("base64"), unsent };
  }

  /** Goes on with what `save` gave; on a fresh connection. */
  restore({ unread, unsent }: SavedTraffic): void {
    for (const { bytes, fd } of unsent) this.#push(Buffer.from(bytes, "base64"), fd, undefined);
    const rest = Buffer.from(unread, "base64");
    if (rest.length > 0) {
      this.#deliver(() => {
        this.#splitter.fill(Buffer.allocUnsafe(rest.length), (into, at) => rest.copy(into, at));
      });
    }
  }

  close(): void {
    this.#end(undefined);
  }

  /** Reads no more and closes once everything queued went out. */
  closeWhenSent(): void {
    this.#closeWhenSent = true;
    if (this.#queued === 0) this.close();
    else this.hold(true);
  }

  #queueArena(at: number): void {
    const { writer } = this.#arena;
    if (this.#closed) {
      writer.position = at;
      return;
    }
    this.#queued += writer.position - at;
    if (this.#tail === writer.bytes && this.#tailEnd === at) this.#tailEnd = writer.position;
    else {
      this.#seal(undefined);
      this.#tail = writer.bytes;
      this.#tailStart = at;
      this.#tailEnd = writer.position;
    }
    this.#touch();
  }

  #seal(sent: (() => void) | undefined): void {
    if (this.#tail === undefined) return;
    this.#queue.push({ bytes: this.#tail.subarray(this.#tailStart, this.#tailEnd), fd: -1, sent });
    this.#tail = undefined;
  }

  #markSent(sent: () => void): void {
    if (!this.#closed) this.#seal(sent);
  }

  #push(bytes: Uint8Array, fd: number, sent: (() => void) | undefined): void {
    if (this.#closed) {
      if (fd >= 0) this.#socket.closeFd(fd);
      return;
    }
    this.#seal(undefined);
    this.#queue.push({ bytes, fd, sent });
    this.#queued += bytes.length;
    this.#touch();
  }

  #queueFds(fds: readonly number[]): void {
    for (const fd of fds) this.#push(dummyByte, fd, undefined);
  }

  #touch(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#arena.add(this, this.#reading);
  }

  #onReadable(): void {
    if (!this.isReading) {
      this.#watch();
      return;
    }
    this.#deliver(this.#fill);
    if (this.#dirty) this.#arena.flush(this);
    else this.#watch();
  }

  readonly #fill = (): void => {
    const count = this.#splitter.fill(scratch, this.#read);
    if (count > 0) this.#owner.onReceived?.();
    else if (count === 0) this.#end({ what: "eof", detail: "" });
    else if (count !== EAGAIN) this.#end({ what: "errno", detail: errnoName(-count) });
  };

  readonly #resume = (): void => this.#splitter.resume();

  /** Runs what hands frames to the owner; what they give is sent together afterwards. */
  #deliver(step: () => void): void {
    this.#reading = true;
    try {
      step();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#end({ what: "framing", detail: error.message });
    } finally {
      this.#reading = false;
    }
  }

  #onWritable(): void {
    this.#blocked = false;
    this.flush();
  }

  /** Sends what is queued as far as the kernel takes it. */
  flush(): void {
    if (this.#resuming) {
      this.#resuming = false;
      if (!this.#held && !this.#frozen) this.#deliver(this.#resume);
    }
    this.#dirty = false;
    if (this.#closed) return;
    if (!this.#blocked) {
      if (this.#queue.length === 0 && this.#tail !== undefined) this.#sendTail();
      if (!this.#blocked) this.#sendQueue();
      if (this.#closed) return;
    }
    if (this.#blocked) this.#keepArena();
    else if (this.#closeWhenSent) {
      this.close();
      return;
    }
    this.#watch();
  }

  /** The usual case: one run of frames and nothing else. */
  #sendTail(): void {
    const bytes = this.#tail!.subarray(this.#tailStart, this.#tailEnd); // the caller looked
    this.#parts.length = 1;
    this.#parts[0] = bytes;
    const count = this.#transmit(noFds);
    if (count < 0) return;
    this.#queued -= count;
    if (count === bytes.length) this.#tail = undefined;
    else this.#tailStart += count;
  }

  #sendQueue(): void {
    this.#seal(undefined);
    const queue = this.#queue;
    let done = 0;
    while (done < queue.length && !this.#blocked && !this.#closed) {
      const first = queue[done]!; // done < length
      const parts = this.#parts;
      parts.length = 0;
      parts.push(first.bytes);
      if (first.fd < 0) {
        for (let i = done + 1; i < queue.length && parts.length < maxParts && queue[i]!.fd < 0; i++) {
          parts.push(queue[i]!.bytes); // i < length
        }
      }
      const count = this.#transmit(first.fd < 0 ? noFds : [first.fd]);
      if (count < 0) break;
      done = this.#taken(done, count);
    }
    if (!this.#closed) queue.splice(0, done);
  }

  /** Takes `count` sent bytes off the chunks from `at` on. @returns the first one not wholly sent */
  #taken(at: number, count: number): number {
    this.#queued -= count;
    let left = count;
    for (;;) {
      const chunk = this.#queue[at];
      if (chunk === undefined || chunk.bytes.length > left) {
        if (chunk !== undefined && left > 0) chunk.bytes = chunk.bytes.subarray(left);
        return at;
      }
      left -= chunk.bytes.length;
      at++;
      if (chunk.fd >= 0) this.#socket.closeFd(chunk.fd);
      chunk.fd = -1;
      chunk.sent?.();
    }
  }

  #transmit(fds: readonly number[]): number {
    const count = this.#socket.send(this.#parts, fds);
    this.#parts.length = 0;
    if (count === EAGAIN) this.#blocked = true;
    else if (count < 0) this.#end({ what: "errno", detail: errnoName(-count) });
    return count;
  }

  /** What stays queued beyond this tick must not lie in the arena. */
  #keepArena(): void {
    this.#seal(undefined);
    const { buffer } = this.#arena.writer.bytes;
    for (const chunk of this.#queue) {
      if (chunk.bytes.buffer === buffer) chunk.bytes = Uint8Array.prototype.slice.call(chunk.bytes);
    }
  }

  #watch(): void {
    if (this.#closed) return;
    this.#full = this.#owner.pausesWhenFull && this.#queued > (this.#full ? lowWater : highWater);
    this.#socket.watch(this.isReading, this.#blocked);
  }

  #end(reason: CloseReason | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#splitter.destroy();
    for (const { fd } of this.#queue) if (fd >= 0) this.#socket.closeFd(fd);
    this.#queue = [];
    this.#tail = undefined;
    this.#queued = 0;
    this.#socket.close();
    this.#owner.onGone(reason);
  }
}

export interface SendOptions {
  /** Each follows on a byte of its own and is closed once it left. */
  fds?: readonly number[];
  sent?: () => void;
}
