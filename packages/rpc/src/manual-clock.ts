import type { Clock } from "./keepalive.ts";

/** For tests: time that passes when told to. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  /** Timers that ran. */
  fired = 0;

  now = (): number => this.#now;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Until `toMs`, running what is due in order. */
  advance(toMs: number): void {
    for (;;) {
      const next = this.#timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > toMs) break;
      this.#timers.shift();
      this.#now = next.at;
      this.fired++;
      next.run();
    }
    this.#now = toMs;
  }

  get pending(): number {
    return this.#timers.length;
  }
}
