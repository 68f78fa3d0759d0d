import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { native, type Poll, READABLE, WRITABLE } from "@libvirt-ts/native";
import type { Transport } from "./transport.ts";

const READ_BYTES = 64 * 1024;
const EAGAIN = 11;
const ECONNRESET = 104;

interface Outgoing {
  bytes: Uint8Array;
  fds: readonly number[];
}

/**
 * A connected unix socket: reads and writes as the kernel allows, descriptors attached to the first byte of
 * a message, as QEMU expects them.
 */
export class UnixTransport implements Transport {
  readonly #fd: number;
  readonly #poll: Poll;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  readonly #queue: Outgoing[] = [];
  #onData: (chunk: Uint8Array) => void = () => {};
  #onEnd: (error: Error | undefined) => void = () => {};
  #closed = false;
  #waitsForRoom = false;

  /** @param fd a connected stream socket; owned from here on */
  constructor(fd: number) {
    this.#fd = fd;
    this.#poll = new native.Poll(fd);
  }

  /**
   * @param target a path, or a connected descriptor
   * @throws VirError SYSTEM_ERROR when the peer cannot be reached
   */
  static open(target: string | number): UnixTransport {
    if (typeof target === "number") return new UnixTransport(target);
    const fd = native.socketUnix("stream");
    if (fd < 0) throw systemError(ErrorDomain.QEMU, fd, "Unable to create socket");
    const connected = native.connectUnix(fd, target);
    if (connected < 0) {
      native.close(fd);
      throw systemError(ErrorDomain.QEMU, connected, "failed to connect to monitor socket");
    }
    return new UnixTransport(fd);
  }

  start(onData: (chunk: Uint8Array) => void, onEnd: (error: Error | undefined) => void): void {
    this.#onData = onData;
    this.#onEnd = onEnd;
    this.#watch();
  }

  send(bytes: Uint8Array, fds: readonly number[]): void {
    if (this.#closed) return;
    this.#queue.push({ bytes, fds });
    if (this.#queue.length === 1) this.#flush();
  }

  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.#poll.close();
    native.close(this.#fd);
    this.#onEnd(error);
  }

  #watch(): void {
    const events = READABLE | (this.#waitsForRoom ? WRITABLE : 0);
    this.#poll.start(events, (status, ready) => {
      if (ready & WRITABLE && !this.#closed) this.#flush();
      // A failed watch is explained by the read that follows.
      if ((ready & READABLE || status < 0) && !this.#closed) this.#read();
    });
  }

  #read(): void {
    for (let received = READ_BYTES; received === READ_BYTES && !this.#closed; ) {
      received = native.recv(this.#fd, this.#buffer, 0, READ_BYTES);
      if (received > 0) this.#onData(this.#buffer.subarray(0, received));
      else if (received === 0 || received === -ECONNRESET) this.close();
      else if (received !== -EAGAIN)
        this.close(systemError(ErrorDomain.QEMU, received, "cannot read from monitor"));
    }
  }

  #flush(): void {
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const sent = native.send(this.#fd, [next.bytes], next.fds);
      if (sent === -EAGAIN) break;
      // The reading side sees the hang-up and ends the conversation: a refused write only drops the request.
      if (sent < 0 || sent === next.bytes.length) this.#queue.shift();
      else this.#queue[0] = { bytes: next.bytes.subarray(sent), fds: [] };
    }
    if (this.#queue.length > 0 !== this.#waitsForRoom) {
      this.#waitsForRoom = this.#queue.length > 0;
      this.#watch();
    }
  }
}
