interface Waiter<R> {
  request: R;
  grant(): void;
}

/**
 * Waits for permission, first come first served among those who may go. The rule decides; this list only
 * remembers who waits and asks again when told that something changed.
 * @typeParam R what is asked for
 */
export class WaitList<R> {
  readonly #mayGo: (request: R) => boolean;
  readonly #take: (request: R) => void;
  readonly #waiting: Waiter<R>[] = [];

  /**
   * @param mayGo whether a request can be granted now
   * @param take books a granted request, before anybody else is asked about
   */
  constructor(mayGo: (request: R) => boolean, take: (request: R) => void) {
    this.#mayGo = mayGo;
    this.#take = take;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * @param limit how long to wait, and what to throw then
   * @returns when granted
   */
  async wait(request: R, limit: { timeoutMs: number; expired: () => Error }): Promise<void> {
    if (this.#mayGo(request)) return this.#take(request);
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter<R> = {
        request,
        grant: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(limit.expired());
      }, limit.timeoutMs);
      this.#waiting.push(waiter);
    });
  }

  /** Something changed: grants whatever can go now, oldest first. */
  settle(): void {
    for (let index = 0; index < this.#waiting.length; ) {
      const waiter = this.#waiting[index];
      if (waiter && this.#mayGo(waiter.request)) {
        this.#waiting.splice(index, 1);
        this.#take(waiter.request);
        waiter.grant();
      } else {
        index++;
      }
    }
  }
}
