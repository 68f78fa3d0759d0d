import { errnoName } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { type Native, type Poll, PROMPT, READABLE } from "@libvirt-ts/native";
import type { Clock } from "../keepalive.ts";
import type { ListenOptions } from "./types.ts";

export interface AcceptorHost {
  readonly log: Logger;
  readonly native: Native;
  readonly clock: Clock;
  /** No more for now. */
  isFull(): boolean;
  /** A new connection, which belongs to the host. */
  onAccepted(fd: number, options: ListenOptions): void;
}

interface Listener {
  readonly fd: number;
  readonly poll: Poll;
  readonly options: ListenOptions;
}

const EAGAIN = -11;
/** Peers that hung up while waiting, and the like: the next one may be fine. */
const passing: ReadonlySet<number> = new Set([-1, -4, -71, -103]); // EPERM EINTR EPROTO ECONNABORTED
const shortageMs = 5_000;
/** Clients accepted before others get their turn. */
const acceptBurst = 16;

/** Listening sockets. Nothing is refused: whom there is no room for stays in the kernel's backlog. */
export class Acceptor {
  readonly #host: AcceptorHost;
  #listeners: Listener[] = [];
  #accepting = false;
  #cancelPause: (() => void) | undefined;

  constructor(host: AcceptorHost) {
    this.#host = host;
  }

  /** `fd` is bound and listens; it belongs to us. */
  listen(fd: number, options: ListenOptions): void {
    const { native } = this.#host;
    native.setNonBlocking(fd, true);
    const listener: Listener = { fd, poll: new native.Poll(fd), options };
    this.#listeners.push(listener);
    if (this.#accepting) this.#watch(listener);
    this.update();
  }

  /** Accepts or does not: to be called when `isFull` may have changed. */
  update(): void {
    const accepting = !this.#host.isFull() && this.#cancelPause === undefined;
    if (accepting === this.#accepting) return;
    this.#accepting = accepting;
    for (const listener of this.#listeners) {
      if (accepting) this.#watch(listener);
      else listener.poll.stop();
    }
  }

  close(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    for (const { fd, poll } of this.#listeners) {
      poll.close();
      this.#host.native.close(fd);
    }
    this.#listeners = [];
    this.#accepting = false;
  }

  #watch(listener: Listener): void {
    listener.poll.start(READABLE | PROMPT, () => this.#accept(listener));
  }

  #accept({ fd, options }: Listener): void {
    for (let i = 0; i < acceptBurst && this.#accepting; i++) {
      const accepted = this.#host.native.accept4(fd, true);
      if (accepted === EAGAIN) return;
      if (accepted >= 0) {
        this.#host.onAccepted(accepted, options);
        this.update();
      } else if (!passing.has(accepted)) {
        this.#pause(accepted);
        return;
      }
    }
  }

  /** Out of descriptors or memory: clients stay in the backlog until there may be some again. */
  #pause(errno: number): void {
    this.#host.log.error({ errno: errnoName(-errno) }, "cannot accept clients, pausing");
    this.#cancelPause = this.#host.clock.after(shortageMs, () => {
      this.#cancelPause = undefined;
      this.update();
    });
    this.update();
  }
}
