import { constants } from "node:os";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type ExitStatus, native, READABLE } from "@libvirt-ts/native";

const TERM_LIMIT_MS = 10_000;
const KILL_LIMIT_MS = 5_000;

/** The process of a guest, whoever's child it is: watched by descriptor, so that its number cannot be mistaken. */
export class GuestProcess {
  readonly pid: number;
  /** Settles when the process has ended, a zombie counting as ended. */
  readonly ended: Promise<void>;
  readonly #pidfd: number;
  #hasEnded = false;
  #exit: ExitStatus | undefined;
  #poll: InstanceType<typeof native.Poll> | undefined;

  /** @param pidfd owned from here on; undefined: it has ended already */
  constructor(pid: number, pidfd: number | undefined) {
    this.pid = pid;
    this.#pidfd = pidfd ?? -1;
    this.#hasEnded = pidfd === undefined;
    this.ended = new Promise((resolve) => {
      if (pidfd === undefined) return resolve();
      const poll = new native.Poll(pidfd);
      this.#poll = poll;
      poll.start(READABLE, () => {
        this.#hasEnded = true;
        poll.close();
        native.close(pidfd);
        const exit = native.reap(pid); // -ECHILD when another daemon's child: init reaps it
        if (typeof exit === "object" && exit !== null) this.#exit = exit;
        resolve();
      });
    });
  }

  /** @returns undefined when there is no such process */
  static find(pid: number): GuestProcess | undefined {
    const pidfd = native.pidfdOpen(pid);
    return pidfd < 0 ? undefined : new GuestProcess(pid, pidfd);
  }

  /** One that ended while nobody watched. */
  static ended(pid: number): GuestProcess {
    return new GuestProcess(pid, undefined);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** How it ended; undefined: it has not, or was not our child. */
  get exit(): ExitStatus | undefined {
    return this.#exit;
  }

  /** Watches no more: it is somebody else's after all. */
  forget(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#poll?.close();
    native.close(this.#pidfd);
  }

  signal(name: "SIGTERM" | "SIGKILL"): void {
    if (this.#hasEnded) return;
    native.pidfdSignal(this.#pidfd, constants.signals[name]);
  }

  /**
   * Asks the process to end and, unless `graceful`, makes it after 10 s.
   * @throws VirError OPERATION_FAILED when it is still there after all
   */
  async kill({ graceful = false }: { graceful?: boolean } = {}): Promise<void> {
    this.signal("SIGTERM");
    if (await this.#endsWithin(TERM_LIMIT_MS)) return;
    if (!graceful) {
      this.signal("SIGKILL");
      if (await this.#endsWithin(KILL_LIMIT_MS)) return;
    }
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `Failed to terminate process ${this.pid} with ${graceful ? "SIGTERM" : "SIGKILL"}: Device or resource busy`,
    );
  }

  async #endsWithin(limitMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, limitMs, false);
    });
    try {
      return await Promise.race([this.ended.then(() => true), tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }
}
