import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { WaitList } from "@libvirt-ts/objects";

/** What a job does to a domain: decides what may run beside a long one. */
export type JobKind =
  | "query"
  | "destroy"
  | "suspend"
  | "modify"
  | "abort"
  | "migration-op"
  | "modify-migration-safe";

const usual: readonly JobKind[] = ["query", "destroy", "abort"];

/** Long jobs, and the jobs others may do meanwhile. */
export const asyncJobs = {
  "migration out": [...usual, "suspend", "migration-op", "modify-migration-safe"],
  "migration in": ["modify-migration-safe"],
  save: usual,
  dump: usual,
  snapshot: usual,
  start: [],
  backup: [...usual, "suspend", "modify"],
} as const satisfies Record<string, readonly JobKind[]>;

export type AsyncJobKind = keyof typeof asyncJobs;

/** As long as libvirt waits for a job. */
const WAIT_MS = 30_000;

type Request =
  | { what: JobKind; owner: JobOwner /** The long job that lends this one. */; lender?: AsyncJob }
  | { what: "async"; job: AsyncJob };

export interface JobOwner {
  /** The API call, named in errors of those who wait in vain: "virDomainSuspend". */
  readonly api: string;
}

/**
 * Who may change a domain now: one job at a time, one long (async) job at a time, and beside a long one only
 * what its kind allows. Whoever must wait does so for at most 30 s.
 */
export class DomainJobs {
  #owner: string | undefined;
  #async: AsyncJob | undefined;
  readonly #waiting = new WaitList<Request>(
    (request) => this.#mayGo(request),
    (request) => {
      if (request.what === "async") this.#async = request.job;
      else this.#owner = request.owner.api;
    },
  );

  /** The long job under way. */
  get asyncKind(): AsyncJobKind | undefined {
    return this.#async?.kind;
  }

  get isBusy(): boolean {
    return this.#owner !== undefined || this.#async !== undefined;
  }

  /**
   * Runs `body` with exclusivity.
   * @throws VirError OPERATION_TIMEOUT when others hold it for too long
   */
  run<T>(kind: JobKind, owner: JobOwner, body: () => Promise<T>): Promise<T> {
    return this.#hold({ what: kind, owner }, body);
  }

  /** Runs a long job; inside, every step that needs the monitor borrows with `nested`. */
  async runAsync<T>(kind: AsyncJobKind, owner: JobOwner, body: (job: AsyncJob) => Promise<T>): Promise<T> {
    const job: AsyncJob = {
      kind,
      owner,
      nested: (step) => this.#hold({ what: "modify", owner, lender: job }, step),
    };
    await this.#acquire({ what: "async", job });
    try {
      return await body(job);
    } finally {
      this.#async = undefined;
      this.#waiting.settle();
    }
  }

  async #hold<T>(request: Request, body: () => Promise<T>): Promise<T> {
    await this.#acquire(request);
    try {
      return await body();
    } finally {
      this.#owner = undefined;
      this.#waiting.settle();
    }
  }

  #acquire(request: Request): Promise<void> {
    return this.#waiting.wait(request, { timeoutMs: WAIT_MS, expired: () => this.#timeout() });
  }

  #mayGo(request: Request): boolean {
    if (this.#owner !== undefined) return false;
    if (!this.#async) return true;
    if (request.what === "async") return false;
    const allowed: readonly JobKind[] = asyncJobs[this.#async.kind];
    return request.lender === this.#async || allowed.includes(request.what);
  }

  #timeout(): VirError {
    const holders = [];
    if (this.#owner !== undefined) holders.push(`monitor=${this.#owner}`);
    if (this.#async) holders.push(`async=${this.#async.owner.api}`);
    return new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_TIMEOUT,
      `cannot acquire state change lock (held by ${holders.join(" ")})`,
    );
  }
}

/** A long job under way. */
export interface AsyncJob {
  readonly kind: AsyncJobKind;
  readonly owner: JobOwner;
  /** A short exclusive step inside the long job. */
  nested<T>(step: () => Promise<T>): Promise<T>;
}
