import type { Logger } from "@libvirt-ts/logging";
import { type Native, type Poll, READABLE } from "@libvirt-ts/native";
import { processStartTime } from "@libvirt-ts/rpc/server";
import { type OwnerDetails, type OwnerRecord, Records } from "./records.ts";

/** A process that may hold resources. */
export interface Owner {
  /** Of its record. */
  readonly key: string;
  readonly pid: number;
  /** Pins the process, so that its number cannot come to mean another; undefined when we cannot see it. */
  readonly pidfd: number | undefined;
  /** The process has ended, or is taken for ended: whatever it is given must be taken back. */
  readonly isGone: boolean;
  /** As last registered. */
  readonly details: OwnerDetails | undefined;
  /** Clock ticks since boot; known once it is kept. */
  readonly start: string | undefined;
}

interface Watched extends Owner {
  isGone: boolean;
  details: OwnerDetails | undefined;
  start: string | undefined;
  /** Connections and resources that refer to it. */
  users: number;
  condemned: boolean;
  /** It has a record. */
  kept: boolean;
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
  readonly #records: Records;
  readonly #byPid = new Map<number, Watched>();
  /** Those of a former process, until all that refers to them has come over. */
  #adopted: Watched[] = [];
  #onGone: (owner: Owner) => void = () => {};

  constructor(native: Native, log: Logger, records = new Records()) {
    this.#native = native;
    this.#log = log;
    this.#records = records;
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
    return this.#add(this.#records.newKey("owner"), pid, pidfd < 0 ? undefined : pidfd);
  }

  /** One more use of an owner at hand, by something else. */
  useAgain(owner: Owner): Owner {
    watched(owner).users += 1;
    return owner;
  }

  drop(owner: Owner): void {
    const dropped = watched(owner);
    if (--dropped.users > 0) return;
    if (this.#byPid.get(owner.pid) === dropped) this.#byPid.delete(owner.pid);
    clearTimeout(dropped.killTimer);
    dropped.poll?.close();
    if (dropped.kept) {
      this.#records.delete(owner.key);
      this.#records.store.remove(owner.key);
    }
    if (dropped.pidfd !== undefined) this.#native.close(dropped.pidfd);
  }

  describe(owner: Owner, details: OwnerDetails): void {
    const described = watched(owner);
    described.details = details;
    if (described.kept) this.#record(described);
  }

  /**
   * Lets an owner outlive this process: it is about to hold something.
   * @returns as `FdStore.put` @throws Error of node:fs
   */
  keep(owner: Owner): undefined | Promise<void> {
    const kept = watched(owner);
    if (kept.kept) return undefined;
    kept.start = kept.pidfd === undefined ? undefined : processStartTime(kept.pid)?.toString();
    kept.kept = true;
    this.#record(kept);
    return kept.pidfd === undefined
      ? undefined
      : this.#records.store.put(kept.key, kept.pidfd, { alone: false });
  }

  /**
   * The connection that stands for the process is gone while it holds resources: ends the process, by force after
   * a while. // differs: C frees the resources first; here they are free when the process is
   */
  condemn(owner: Owner): void {
    const condemned = watched(owner);
    if (condemned.condemned || condemned.isGone) return;
    condemned.condemned = true;
    if (condemned.kept) this.#record(condemned);
    this.#end(condemned);
  }

  /**
   * An owner of a former process, under its old key.
   * @param pidfd kept since then; without it the process is found by number and start time
   */
  adopt(key: string, { pid, start, details, condemned }: OwnerRecord, pidfd: number | undefined): Owner {
    const same = pidfd ?? this.#find(pid, start);
    const owner = this.#add(key, pid, same === "gone" ? undefined : same);
    Object.assign(owner, { start, details, condemned, kept: true });
    if (same === "gone") owner.isGone = true;
    else if (pidfd === undefined && same !== undefined)
      void this.#records.store.put(key, same, { alone: false });
    this.#adopted.push(owner);
    return owner;
  }

  /** Ends the use `adopt` began: resources and connections have taken their own. */
  adopted(): void {
    for (const owner of this.#adopted.splice(0)) {
      if (owner.isGone) this.#onGone(owner);
      else if (owner.condemned) this.#end(owner);
      this.drop(owner);
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
    for (const owner of this.#byPid.values()) {
      this.#watch(owner);
      if (owner.condemned) this.#end(owner);
    }
  }

  #find(pid: number, start: string | undefined): number | "gone" | undefined {
    if (start === undefined) return undefined; // we could not see it before
    const pidfd = this.#native.pidfdOpen(pid);
    if (pidfd < 0) return "gone";
    if (processStartTime(pid)?.toString() === start) return pidfd;
    this.#native.close(pidfd);
    return "gone";
  }

  #end(owner: Watched): void {
    const { pidfd, pid } = owner;
    if (pidfd === undefined) {
      this.#gone(owner);
      return;
    }
    this.#native.pidfdSignal(pidfd, sigterm);
    owner.killTimer = setTimeout(() => {
      this.#log.warn({ owner: pid }, "owner does not end by SIGTERM, killing it");
      this.#native.pidfdSignal(pidfd, sigkill);
    }, graceMs);
  }

  #record({ key, pid, start, details, condemned }: Watched): void {
    this.#records.set("owner", key, { pid, start, details, condemned });
  }

  #add(key: string, pid: number, pidfd: number | undefined): Watched {
    const added: Watched = {
      key,
      pid,
      pidfd,
      isGone: false,
      details: undefined,
      start: undefined,
      users: 1,
      condemned: false,
      kept: false,
      poll: undefined,
      killTimer: undefined,
    };
    this.#byPid.set(pid, added);
    this.#watch(added);
    return added;
  }

  #watch(owner: Watched): void {
    if (owner.pidfd === undefined || owner.isGone) return;
    owner.poll ??= new this.#native.Poll(owner.pidfd);
    owner.poll.start(READABLE, () => this.#gone(owner));
    owner.poll.unref();
  }

  #gone(owner: Watched): void {
    owner.isGone = true;
    owner.poll?.stop();
    clearTimeout(owner.killTimer);
    if (owner.users > 0) this.#onGone(owner);
  }
}

function watched(owner: Owner): Watched {
  return owner as Watched; // made by #add, like all owners
}
