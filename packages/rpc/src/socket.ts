import { HANGUP, type Native, type Poll, PROMPT, READABLE, WRITABLE } from "@libvirt-ts/native";

/** What a connection needs of a socket; tests give one without a kernel behind it. */
export interface Socket {
  /** The descriptor, where there is one. */
  readonly fd?: number;
  /** @returns bytes, 0 at the end of the stream, or a negative errno; received descriptors are appended */
  recv(into: Buffer, at: number, length: number, fds: number[]): number;
  /** @returns bytes that left, or a negative errno. The descriptors leave with the first byte and stay open here. */
  send(parts: readonly Uint8Array[], fds: readonly number[]): number;
  /** @param readable false: reading pauses, and only the peer's hanging up is reported */
  watch(readable: boolean, writable: boolean): void;
  closeFd(fd: number): void;
  close(): void;
}

export interface SocketEvents {
  onReadable(): void;
  onWritable(): void;
  /** The peer hung up while reading was paused, or the socket is in error. */
  onHangup(): void;
}

export type OpenSocket = (events: SocketEvents) => Socket;

/** A connected UNIX socket, watched on Node's own loop. It owns `fd`. */
export class UnixSocket implements Socket {
  readonly #native: Native;
  readonly fd: number;
  readonly #poll: Poll;
  readonly #events: SocketEvents;
  #mask = 0;
  #open = true;

  constructor(native: Native, fd: number, events: SocketEvents) {
    this.#native = native;
    this.fd = fd;
    this.#events = events;
    this.#poll = new native.Poll(fd);
  }

  recv(into: Buffer, at: number, length: number, fds: number[]): number {
    return this.#native.recv(this.fd, into, at, length, fds);
  }

  send(parts: readonly Uint8Array[], fds: readonly number[]): number {
    return fds.length === 0 ? this.#native.send(this.fd, parts) : this.#native.send(this.fd, parts, fds);
  }

  watch(readable: boolean, writable: boolean): void {
    const mask = PROMPT | (readable ? READABLE : HANGUP) | (writable ? WRITABLE : 0);
    if (!this.#open || mask === this.#mask) return;
    const first = this.#mask === 0;
    this.#mask = mask;
    if (first) this.#poll.start(mask, (status, seen) => this.#onEvent(status, seen));
    else this.#poll.start(mask);
  }

  #onEvent(status: number, seen: number): void {
    if (status < 0) {
      // libuv reports EPOLLERR this way; what is left to read is read first
      if (this.#mask & READABLE) this.#events.onReadable();
      if (this.#open) this.#events.onHangup();
      return;
    }
    if (seen & WRITABLE) this.#events.onWritable();
    if (seen & READABLE && this.#open) this.#events.onReadable();
    if (seen & HANGUP && this.#open) this.#events.onHangup();
  }

  closeFd(fd: number): void {
    this.#native.close(fd);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#poll.close();
    this.#native.close(this.fd);
  }
}
