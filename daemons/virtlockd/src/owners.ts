import type { Logger } from "@libvirt-ts/logging";
import { type Native, type Poll, READABLE } from "@libvirt-ts/native";

/** A process that may hold resources. */
export interface Owner {
  readonly pid: number;
  /** Pins the process, so that its number cannot come to mean another; undefined when we cannot see it. */
  readonly pidfd: number | undefined;
  /** The process has ended, or is taken for ended: whatever it is given must be taken back. */
  readonly isGone: boolean;
}

/** An owner as plain JSON; its descriptor is open under the number given. */
export interface SavedOwner {
  readonly pid: number;
  readonly pidfd: number | undefined;
  readonly condemned: boolean;
}

interface Watched extends Owner {
  pidfd: number | undefined;
  isGone: boolean;
  /** Connections and resources that refer to it. */
  users: number;
  condemned: boolean;
  poll: Poll | undefined;
  killTimer: NodeJS.Timeout | undefined;
}

const sigterm = 15;
const sigkill = 9;
/** From TERM to KILL. */
const graceMs = 1600;

/** Guards the processes that hold resources: whose process ends, by itself or by us, holds nothing any more. */
export class Owners {
  readonly #native: Native;
  readonly #log: Logger;
  readonly #byPid = new Map<number, Watched>();
  #onGone: (owner: Owner) => void = () => {};

  constructor(native: Native, log: Logger) {
    this.#native = native;
    this.#log = log;
  }

  /** @param listener called when an owner's process has ended, before its number can be used again */
  onGone(listener: (owner: Owner) => void): void {
    this.#onGone = listener;
  }

  /** One more user of an owner; `drop` it as often. */
  use(pid: number): Owner {
    const known = this.#byPid.get(pid);
    if (known && !known.isGone) {
      known.users += 1;
      return known;
    }
    const pidfd = this.#native.pidfdOpen(pid);
    if (pidfd < 0) this.#log.debug({ owner: pid }, "cannot watch the process of an owner");
    return this.#add(pid, pidfd < 0 ? undefined : pidfd);
  }

  drop(owner: Owner): void {
    const watched = owner as Watched; // made by #add, like all owners
    if (--watched.users > 0) return;
    if (this.#byPid.get(owner.pid) === watched) this.#byPid.delete(owner.pid);
    clearTimeout(watched.killTimer);
    watched.poll?.close();
    if (watched.pidfd !== undefined) this.#native.close(watched.pidfd);
  }

  /**
   * The connection that stands for the process is gone while it holds resources: ends the process, by force after
   * a while. // differs: C frees the resources first; here they are free when the process is
   */
  condemn(owner: Owner): void {
    const watched = owner as Watched; // made by #add, like all owners
    if (watched.condemned || watched.isGone) return;
    watched.condemned = true;
    if (watched.pidfd === undefined) {
      this.#gone(watched);
      return;
    }
    const { pidfd, pid } = watched;
    this.#native.pidfdSignal(pidfd, sigterm);
    watched.killTimer = setTimeout(() => {
      this.#log.warn({ owner: pid }, "owner does not end by SIGTERM, killing it");
      this.#native.pidfdSignal(pidfd, sigkill);
    }, graceMs);
  }

  save(): SavedOwner[] {
    return [...this.#byPid.values()].map(({ pid, pidfd, condemned }) => ({ pid, pidfd, condemned }));
  }

  /** Before any `use`: owners whose processes were pinned by the former image of this process. */
  adopt(saved: readonly SavedOwner[]): void {
    for (const { pid, pidfd, condemned } of saved) {
      if (pidfd !== undefined) this.#native.setCloexec(pidfd, true);
      const owner = this.#add(pid, pidfd);
      if (condemned) this.condemn(owner);
    }
  }

  /** Ends the use `adopt` began: resources and connections have taken their own. */
  adopted(saved: readonly SavedOwner[]): void {
    for (const { pid } of saved) {
      const owner = this.#byPid.get(pid);
      if (owner) this.drop(owner);
    }
  }

  /** Reports nothing more until `resume`. */
  suspend(): void {
    for (const { poll, killTimer } of this.#byPid.values()) {
      poll?.stop();
      clearTimeout(killTimer);
    }
  }

  resume(): void {
    for (const watched of this.#byPid.values()) {
      this.#watch(watched);
      if (!watched.condemned) continue;
      watched.condemned = false;
      this.condemn(watched);
    }
  }

  #add(pid: number, pidfd: number | undefined): Watched {
    const watched: Watched = {
      pid,
      pidfd,
      isGone: false,
      users: 1,
      condemned: false,
      poll: undefined,
      killTimer: undefined,
    };
    this.#byPid.set(pid, watched);
    this.#watch(watched);
    return watched;
  }

  #watch(watched: Watched): void {
    if (watched.pidfd === undefined || watched.isGone) return;
    watched.poll ??= new this.#native.Poll(watched.pidfd);
    watched.poll.start(READABLE, () => this.#gone(watched));
    watched.poll.unref();
  }

  #gone(watched: Watched): void {
    watched.isGone = true;
    watched.poll?.stop();
    clearTimeout(watched.killTimer);
    if (watched.users > 0) this.#onGone(watched);
  }
}
