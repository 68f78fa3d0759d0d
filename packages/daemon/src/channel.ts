import { type Native, type Poll, READABLE, WRITABLE } from "@libvirt-ts/native";

const eagain = -11;
const etoomanyrefs = -109;
const maxMessageBytes = 4096;

export interface Message {
  readonly text: string;
  readonly fds: readonly number[];
}

/** Short messages, with descriptors, between two processes. */
export class Channel {
  readonly #native: Native;
  readonly #fd: number;
  readonly #poll: Poll;

  /** @param fd one end of a socket that keeps messages apart; owned from now on */
  constructor(native: Native, fd: number) {
    this.#native = native;
    this.#fd = fd;
    native.setCloexec(fd, true);
    native.setNonBlocking(fd, true);
    this.#poll = new native.Poll(fd);
  }

  /** One at a time. @returns undefined when the other end is gone */
  async receive(): Promise<Message | undefined> {
    const buffer = Buffer.alloc(maxMessageBytes);
    for (;;) {
      const fds: number[] = [];
      const length = this.#native.recv(this.#fd, buffer, 0, buffer.length, fds);
      if (length > 0) return { text: buffer.toString("utf8", 0, length), fds };
      if (length !== eagain) return undefined;
      await this.#until(READABLE);
    }
  }

  /** @returns whether the other end can still read it */
  async send(text: string, fds: readonly number[] = []): Promise<boolean> {
    const bytes = [Buffer.from(text)];
    for (;;) {
      const rc =
        fds.length === 0 ? this.#native.send(this.#fd, bytes) : this.#native.send(this.#fd, bytes, fds);
      if (rc !== eagain && rc !== etoomanyrefs) return rc >= 0;
      await this.#until(WRITABLE);
    }
  }

  close(): void {
    this.#poll.close();
    this.#native.close(this.#fd);
  }

  #until(events: number): Promise<void> {
    return new Promise((resolve) => {
      this.#poll.start(events, () => {
        this.#poll.stop();
        resolve();
      });
    });
  }
}
