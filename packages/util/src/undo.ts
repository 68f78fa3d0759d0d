/**
 * The steps that take back what has been done so far, run newest first unless kept.
 * `run` never throws: a failing step is reported and the rest still runs.
 */
export class Undo {
  #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** The work succeeded: nothing is taken back. */
  keep(): void {
    this.#steps = [];
  }

  async run(report: (error: unknown) => void): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        report(error);
      }
    }
  }
}
