/** Time as this module sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds on any steady scale. */
  now(): number;
  /** @returns cancels */
  after(ms: number, run: () => void): () => void;
}

const nsPerMs = 1e6;

export const systemClock: Clock = {
  // as performance.now(), which takes 2 ms of a first client's time to load
  now: () => Number(process.hrtime.bigint()) / nsPerMs,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface KeepalivePeer {
  ping(): void;
  /** Still silent after the last ping. */
  dead(): void;
  /** We are not reading, so silence means nothing. */
  isReading(): boolean;
}

export interface KeepaliveHandle {
  /** Something arrived. */
  heard(): void;
  stop(): void;
}

interface Member {
  peer: KeepalivePeer;
  intervalMs: number;
  count: number;
  heardAt: number;
  pings: number;
}

/**
 * Pings silent peers, all on one timer that exists only while there are any.
 * After `interval` of silence a ping, after `count` unanswered ones and another interval the peer is dead:
 * 5 s x 5 means pings at 5, 10, 15, 20, 25 s and the end at 30 s. Anything received starts over.
 */
export class Keepalive {
  readonly #clock: Clock;
  readonly #grainMs: number;
  readonly #members = new Set<Member>();
  #cancel: (() => void) | undefined;
  #dueAt = Infinity;

  /** @param grainMs the timer fires at multiples of this, so that many peers share a wake-up */
  constructor(clock: Clock = systemClock, grainMs = 500) {
    this.#clock = clock;
    this.#grainMs = grainMs;
  }

  /** @param o.interval seconds, > 0 */
  track(peer: KeepalivePeer, o: { interval: number; count: number }): KeepaliveHandle {
    const member: Member = {
      peer,
      intervalMs: o.interval * 1000,
      count: o.count,
      heardAt: this.#clock.now(),
      pings: 0,
    };
    this.#members.add(member);
    this.#arm(this.#due(member));
    return {
      heard: () => {
        member.heardAt = this.#clock.now();
        member.pings = 0;
      },
      stop: () => {
        this.#members.delete(member);
        if (this.#members.size === 0) this.#disarm();
      },
    };
  }

  #due(member: Member): number {
    return member.heardAt + member.intervalMs * (member.pings + 1);
  }

  #arm(dueAt: number): void {
    if (dueAt >= this.#dueAt) return;
    this.#cancel?.();
    this.#dueAt = dueAt;
    const at = Math.ceil(dueAt / this.#grainMs) * this.#grainMs;
    this.#cancel = this.#clock.after(Math.max(1, at - this.#clock.now()), this.#check);
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#dueAt = Infinity;
  }

  readonly #check = (): void => {
    this.#cancel = undefined;
    this.#dueAt = Infinity;
    const now = this.#clock.now();
    for (const member of [...this.#members]) {
      if (!member.peer.isReading()) {
        member.heardAt = now;
        member.pings = 0;
      } else if (this.#due(member) <= now) this.#silent(member);
    }
    let next = Infinity;
    for (const member of this.#members) next = Math.min(next, this.#due(member));
    if (next < Infinity) this.#arm(next);
  };

  #silent(member: Member): void {
    if (member.pings >= member.count) {
      this.#members.delete(member);
      member.peer.dead();
      return;
    }
    member.pings++;
    member.peer.ping();
  }
}

/** Shared by all connections of the process. */
export const keepalive = new Keepalive();
