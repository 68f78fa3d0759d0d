/** Ends a daemon that nobody used for a while: `--timeout`. */
export class IdleExit {
  readonly #exit: () => void;
  #seconds = 0;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  /** @param exit called once the daemon was unused for the whole time */
  constructor(exit: () => void) {
    this.#exit = exit;
  }

  /** @param seconds 0 = never; may change at any time (admin protocol) */
  setTimeout(seconds: number): void {
    this.#seconds = seconds;
    this.#rearm();
  }

  /** Time counts from now on, not while the daemon is still starting. */
  begin(): void {
    this.#running = true;
    this.#rearm();
  }

  /** A connection, or something that must not be left alone. @returns takes it back, once */
  hold(): () => void {
    this.#users += 1;
    this.#rearm();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#users -= 1;
      this.#rearm();
    };
  }

  stop(): void {
    this.#running = false;
    this.#rearm();
  }

  #rearm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#running || this.#users > 0 || this.#seconds === 0) return;
    this.#wait(this.#seconds * 1000);
  }

  /** In steps: a timer of Node's takes no more. */
  #wait(leftMs: number): void {
    const stepMs = Math.min(leftMs, maxTimerMs);
    this.#timer = setTimeout(() => (leftMs > stepMs ? this.#wait(leftMs - stepMs) : this.#exit()), stepMs);
  }
}

const maxTimerMs = 0x7fff_ffff;
