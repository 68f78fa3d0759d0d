import { getSystemErrorName } from "node:util";
import { type Binding, binding } from "./binding.ts";
import { READABLE } from "./constants.ts";
import type { RlimitName } from "./syscalls.ts";

/**
 * What the forked child does before exec, in the order given. Descriptors named here are >= 3, open
 * until exec, and not inherited by the program unless also in `keep`.
 */
export type Step =
  | { do: "setsid" }
  /** Goes on in a child of its own, which so becomes init's (or a service manager's); the pid we know ends. */
  | { do: "detach" }
  | { do: "umask" | "nice" | "oomScoreAdj"; value: number }
  | { do: "chdir"; path: string }
  | { do: "rlimit"; resource: RlimitName; soft: bigint | number; hard: bigint | number }
  /** Supplementary groups, then gid, then uid: the last one takes away the right to do the others. */
  | { do: "groups"; gids: readonly number[] }
  | { do: "gid" | "uid"; value: number }
  /** Bit n of byte n/8 is CPU n. */
  | { do: "affinity"; mask: Uint8Array }
  /** Writes the own pid into each file (cgroup.procs, tasks). */
  | { do: "cgroup"; paths: readonly string[] }
  /** Connects a unix socket made by the parent: the peer sees the child's pid. Waits if the socket is blocking. */
  | { do: "connect"; fd: number; path: string }
  /** Writes one byte: tells the parent how far the child is. */
  | { do: "notify"; fd: number }
  /** Waits for one byte; EPIPE if the other end closes. */
  | { do: "waitHandshake"; fd: number };

export interface LaunchOptions {
  /** Path of the program; PATH is not searched. */
  file: string;
  /** With argv[0]. */
  argv: readonly string[];
  /** The whole environment; keys without a value are left out. */
  env: Readonly<Record<string, string | undefined>>;
  /** As a last step. */
  cwd?: string;
  /** Descriptors to become 0, 1, 2; null = /dev/null. Default: all null. */
  stdio?: readonly [stdin: number | null, stdout: number | null, stderr: number | null];
  /** Descriptors >= 3 the program inherits at the same numbers. All others are closed right after the fork. */
  keep?: readonly number[];
  steps?: readonly Step[];
}

/** A child between fork and the end of its life. */
export interface Launched {
  pid: number;
  /** The caller's to close. Readable when the child has ended; then `reap(pid)`. */
  pidfd: number;
  /**
   * Resolves once the program runs (or the child was killed before: the pidfd tells). Rejects with a
   * LaunchError if a step or the exec failed; the child is then already reaped.
   */
  ready: Promise<void>;
}

/** @property errno positive; step: `do` of the failed step, or one of the words below */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  readonly errno: number;
  readonly step: Step["do"] | "fork" | "descriptors" | "exec";

  constructor(errno: number, step: LaunchError["step"]) {
    super(`launch: ${step}: ${getSystemErrorName(-errno)}`);
    this.errno = errno;
    this.step = step;
  }
}

/** "KEY=value" strings, in the order of the keys. */
export const environ = (env: LaunchOptions["env"]): string[] =>
  Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));

/**
 * Forks, carries out the steps in the child, executes the program. Signal dispositions and mask of the
 * child are the defaults. Returns right after the fork.
 * @returns a LaunchError (not thrown) if not even the fork worked
 * @throws TypeError if an option has the wrong type
 */
export function launch(options: LaunchOptions): Launched | LaunchError {
  const { file, argv, env, cwd, stdio = [null, null, null], keep = [] } = options;
  const steps: Step[] = [...(options.steps ?? [])];
  if (cwd !== undefined) steps.push({ do: "chdir", path: cwd });
  const started = binding.launch({
    file,
    argv,
    env: environ(env),
    stdio: stdio.map((fd) => fd ?? -1),
    keep,
    steps,
  });
  if (typeof started === "number") return new LaunchError(-started, "fork");
  return { pid: started.pid, pidfd: started.pidfd, ready: outcome(started, steps) };
}

type Started = Exclude<ReturnType<Binding["launch"]>, number>;

/** End of file on the status pipe = exec has closed it; else two 32-bit words, see launch.h. */
async function outcome({ pid, pidfd, statusFd }: Started, steps: Step[]): Promise<void> {
  await readable(statusFd);
  const report = new Int32Array(2);
  const length = binding.read(statusFd, new Uint8Array(report.buffer), 0, report.byteLength);
  binding.close(statusFd);
  if (length !== report.byteLength) return;
  const own = binding.dup(pidfd); // a descriptor can have one Poll only, and the caller may have it
  await readable(own);
  binding.close(own);
  binding.reap(pid);
  const [step = 0, errno = 0] = report;
  throw new LaunchError(errno, steps[step]?.do ?? (step === -1 ? "descriptors" : "exec"));
}

function readable(fd: number): Promise<void> {
  return new Promise((resolve) => {
    const poll = new binding.Poll(fd);
    const done = () => {
      poll.close();
      resolve();
    };
    if (poll.start(READABLE, done) < 0) done();
  });
}
