import { errnoName } from "@libvirt-ts/errors";
import { MessageType } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";
import { type Arena, type FlushTime, arena as sharedArena } from "./arena.ts";
import type { Address } from "./frame.ts";
import { EAGAIN, Outbox, type SendOptions } from "./outbox.ts";
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
  /** Everything queued has left, and frames wait for `resume`. */
  onSent?(): void;
  /** Once, when the connection is down and its socket closed. */
  onGone(reason: CloseReason | undefined): void;
}

/** What a connection has in hand, as plain JSON, for another image of this process to go on with. */
export interface SavedTraffic {
  readonly fd: number;
  /** Received and not served; base64. */
  readonly unread: string;
  /** Queued and not sent, each with the descriptor that travels with it (-1 = none); base64. */
  readonly unsent: readonly { readonly bytes: string; readonly fd: number }[];
}

/** Bytes queued at which reading pauses, and at which it goes on. */
export const highWater = 1_048_576;
const lowWater = 262_144;

/**
 * A peer: frames in, frames out, in order. Sends everything of one tick together, keeps what the kernel does not
 * take, and (for servers) stops reading while much is queued.
 */
export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #arena: Arena;
  readonly #splitter: FrameSplitter;
  readonly #outbox: Outbox;
  /** When what is queued will be sent. */
  #flushTime: "never" | FlushTime = "never";
  #blocked = false;
  #delivering = false;
  /** Reading stops above the high mark and goes on below the low one. */
  #full = false;
  #resuming = false;
  #held = false;
  #frozen = false;
  #closed = false;
  #closeWhenSent = false;

  constructor(owner: ConnectionOwner, open: OpenSocket, arena: Arena = sharedArena) {
    this.#owner = owner;
    this.#arena = arena;
    this.#socket = open({
      onReadable: () => this.#onReadable(),
      onWritable: () => this.#onWritable(),
      onHangup: () => this.#end({ what: "hangup", detail: "" }),
    });
    this.#splitter = new FrameSplitter(owner, (fd) => this.#socket.closeFd(fd));
    this.#outbox = new Outbox(this.#socket, arena);
    this.#watch();
  }

  /** Bytes that wait for the peer to read. */
  get queued(): number {
    return this.#outbox.queued;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Of the open socket, where there is one. */
  get fd(): number | undefined {
    return this.#closed ? undefined : this.#socket.fd;
  }

  /** False while the owner, or a slow peer, keeps us from reading. */
  get isReading(): boolean {
    return !this.#splitter.paused && !this.#held && !this.#frozen && !this.#full;
  }

  /** Encodes a message behind those already queued. @throws VirError; nothing is queued then */
  send<T>(
    address: Address,
    type: number,
    status: number,
    codec: Codec<T> | null,
    value: T | undefined,
    fds?: readonly number[],
  ): void {
    this.#outbox.encode(address, type, status, codec, value, fds);
    if (type === MessageType.MESSAGE) this.#touchLater();
    else this.#touch();
  }

  /** Queues a message whose body is encoded already, or raw. A long `body` must not change before it left. */
  sendBody(address: Address, type: number, status: number, body?: Uint8Array, options?: SendOptions): void {
    this.#outbox.body(address, type, status, body, options);
    this.#touch();
  }

  /** Queues a whole frame; it must not change before it left if it is long. */
  sendFrame(frame: Uint8Array, options?: SendOptions): void {
    this.#outbox.frame(frame, options);
    this.#touch();
  }

  /**
   * Queues an event: a whole frame that many connections get, sent when whatever somebody waits for has been.
   * Not copied unless `firstWord` takes the place of the first word of its body.
   */
  sendShared(frame: Uint8Array, firstWord?: number): void {
    if (firstWord === undefined) this.#outbox.shared(frame);
    else this.#outbox.stamped(frame, firstWord);
    this.#touchLater();
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

  /** Serves no frame any more, not even one that has arrived; or goes on. Sending goes on all the time. */
  freeze(on: boolean): void {
    this.#frozen = on;
    if (!on) this.resume();
    this.#watch();
  }

  /** While frozen: what is in hand. @returns undefined when this connection cannot be carried along */
  save(): SavedTraffic | undefined {
    this.flush();
    const unread = this.#splitter.keptBytes;
    const { fd } = this.#socket;
    if (this.#closed || this.#closeWhenSent || unread === undefined || fd === undefined) return undefined;
    return { fd, unread: unread.toString("base64"), unsent: this.#outbox.save() };
  }

  /** Goes on with what `save` gave; on a fresh connection. */
  restore({ unread, unsent }: SavedTraffic): void {
    this.#outbox.restore(unsent);
    this.#touch();
    const rest = Buffer.from(unread, "base64");
    if (rest.length === 0) return;
    this.#deliver(() => {
      this.#splitter.fill(Buffer.allocUnsafe(rest.length), (into, at) => rest.copy(into, at));
    });
    this.#arena.flush(this);
  }

  closeFd(fd: number): void {
    this.#socket.closeFd(fd);
  }

  close(): void {
    this.#end(undefined);
  }

  /** Reads no more and closes once everything queued went out. */
  closeWhenSent(): void {
    this.#closeWhenSent = true;
    if (this.queued === 0) this.close();
    else this.hold(true);
  }

  /** Sends what is queued as far as the kernel takes it. */
  flush(): void {
    if (this.#resuming) {
      this.#resuming = false;
      if (!this.#held && !this.#frozen) this.#deliver(this.#resume);
    }
    this.#flushTime = "never";
    if (this.#closed) return;
    const result = this.#blocked ? this.#outbox.park() : this.#outbox.transmit();
    this.#blocked = result === EAGAIN;
    if (result < 0 && !this.#blocked) {
      this.#end({ what: "errno", detail: errnoName(-result) });
      return;
    }
    if (!this.#blocked && this.#closeWhenSent) {
      this.close();
      return;
    }
    if (this.#splitter.paused && !this.#blocked) this.#owner.onSent?.();
    this.#watch();
  }

  get isDirty(): boolean {
    return this.#flushTime !== "never";
  }

  #touch(): void {
    if (this.#flushTime === "self" || this.#flushTime === "tick") return;
    this.#flushTime = this.#delivering ? "self" : "tick";
    this.#arena.add(this, this.#flushTime);
  }

  #touchLater(): void {
    if (this.isDirty) return;
    this.#flushTime = "later";
    this.#arena.add(this, "later");
  }

  #onReadable(): void {
    if (!this.isReading) {
      this.#watch();
      return;
    }
    this.#deliver(this.#fill);
    if (this.#flushTime === "self") this.#arena.flush(this);
    else this.#watch();
  }

  #onWritable(): void {
    this.#blocked = false;
    this.flush();
  }

  readonly #fill = (): void => {
    const count = this.#splitter.fill(scratch, this.#read);
    if (count > 0) this.#owner.onReceived?.();
    else if (count === 0) this.#end({ what: "eof", detail: "" });
    else if (count !== EAGAIN) this.#end({ what: "errno", detail: errnoName(-count) });
  };

  readonly #read = (into: Buffer, at: number, length: number, fds: number[]): number =>
    this.#socket.recv(into, at, length, fds);

  readonly #resume = (): void => this.#splitter.resume();

  /** Runs what hands frames to the owner; what they give is sent together afterwards. */
  #deliver(step: () => void): void {
    this.#delivering = true;
    try {
      step();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#end({ what: "framing", detail: error.message });
    } finally {
      this.#delivering = false;
    }
  }

  #watch(): void {
    if (this.#closed) return;
    this.#full = this.#owner.pausesWhenFull && this.queued > (this.#full ? lowWater : highWater);
    this.#socket.watch(this.isReading, this.#blocked);
  }

  #end(reason: CloseReason | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#splitter.destroy();
    this.#outbox.close();
    this.#socket.close();
    this.#owner.onGone(reason);
  }
}
