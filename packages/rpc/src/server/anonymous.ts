import type { Clock } from "../keepalive.ts";

/** Somebody who has not authenticated yet. */
export interface Anonymous {
  /** We are waiting ourselves, say for somebody's password. */
  readonly isWaitedFor: boolean;
  drop(why: string): void;
}

/**
 * Those who have not said who they are.
 * differs: libvirt lets them keep everybody out for good once there are max_anonymous_clients of them; here those
 * that do nothing are then closed after a while.
 */
export class AnonymousClients {
  readonly #clock: Clock;
  readonly #limits: { readonly maxAnonymousClients: number; readonly anonymousMs: number };
  readonly #since = new Map<Anonymous, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, limits: { readonly maxAnonymousClients: number; readonly anonymousMs: number }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get count(): number {
    return this.#since.size;
  }

  get isFull(): boolean {
    return this.#since.size >= this.#limits.maxAnonymousClients;
  }

  add(client: Anonymous): void {
    this.#since.set(client, this.#clock.now());
    this.#arm();
  }

  /** Has authenticated or gone; no matter if it was none of ours. */
  delete(client: Anonymous): void {
    this.#since.delete(client);
    if (!this.isFull) this.#disarm();
  }

  #arm(): void {
    if (!this.isFull || this.#cancel !== undefined) return;
    const [oldest = 0] = this.#since.values(); // in order of arrival
    const waitMs = oldest + this.#limits.anonymousMs - this.#clock.now();
    this.#cancel = this.#clock.after(Math.max(waitMs, minWaitMs), () => {
      this.#cancel = undefined;
      this.#dropIdle();
      this.#arm();
    });
  }

  #dropIdle(): void {
    const before = this.#clock.now() - this.#limits.anonymousMs;
    for (const [client, since] of [...this.#since]) {
      if (since <= before && !client.isWaitedFor) client.drop("did not authenticate");
    }
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** Those we wait for are looked at again, but not all the time. */
const minWaitMs = 1_000;
