import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { native, READABLE, WRITABLE } from "@libvirt-ts/native";

const CHUNK = 64 * 1024;
const EAGAIN = -11;
const EIO = -5;
const ECONNRESET = -104;

interface Waiter {
  resolve(isOpen: boolean): void;
}

/**
 * A terminal or socket read and written by chunks. It is only watched while somebody waits for it, so that a slow
 * reader slows down the other end. At most one read and one write at a time.
 */
export class ChannelFd {
  readonly #fd: number;
  readonly #poll: InstanceType<typeof native.Poll>;
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  readonly #waiting = new Map<number, Waiter>();
  #isOpen = true;

  /** @param fd owned from here on */
  constructor(fd: number) {
    this.#fd = fd;
    this.#poll = new native.Poll(fd);
  }

  /**
   * @returns the next bytes, valid until the next call; undefined when the other end has gone or this one is closed
   * @throws VirError SYSTEM_ERROR
   */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#isOpen) {
      const count = native.read(this.#fd, this.#buffer, 0, CHUNK);
      if (count > 0) return this.#buffer.subarray(0, count);
      // A terminal whose other end has gone says EIO.
      if (count === 0 || count === EIO || count === ECONNRESET) return undefined;
      if (count !== EAGAIN) throw systemError(ErrorDomain.STREAMS, count, "cannot read from stream");
      if (!(await this.#ready(READABLE))) return undefined;
    }
    return undefined;
  }

  /**
   * Writes all of it; returns early when this end is closed.
   * @throws VirError SYSTEM_ERROR when the other end has gone
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && this.#isOpen; ) {
      const count = native.write(this.#fd, bytes, at, bytes.length - at);
      if (count >= 0) at += count;
      else if (count !== EAGAIN) throw systemError(ErrorDomain.STREAMS, count, "cannot write to stream");
      else if (!(await this.#ready(WRITABLE))) return;
    }
  }

  /** For good; a read under way ends as if the other end had gone. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#poll.close();
    native.close(this.#fd);
    this.#wake(READABLE | WRITABLE, false);
  }

  #ready(event: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.set(event, { resolve });
      this.#watch();
    });
  }

  #watch(): void {
    let events = 0;
    for (const event of this.#waiting.keys()) events |= event;
    if (events === 0) this.#poll.stop();
    else
      this.#poll.start(events, (status, seen) => {
        // In an error state every direction is worth a try: the call itself tells what is wrong.
        this.#wake(status < 0 ? READABLE | WRITABLE : seen, true);
        this.#watch();
      });
  }

  #wake(events: number, isOpen: boolean): void {
    for (const [event, waiter] of [...this.#waiting]) {
      if ((events & event) === 0) continue;
      this.#waiting.delete(event);
      waiter.resolve(isOpen);
    }
  }
}
