/**
 * Runs tasks one after the other, in the order of `push`. What an event handler must not wait for goes here.
 * A failing task is reported and does not stop the next.
 */
export class SerialQueue {
  readonly #report: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  push(task: () => unknown): void {
    this.#tail = this.#tail.then(task).then(() => {}, this.#report);
  }

  /** Settles when everything pushed so far is done. */
  idle(): Promise<void> {
    return this.#tail;
  }
}
