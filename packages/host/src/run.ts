import { spawn } from "node:child_process";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";

export interface RunOptions {
  /** Text for the program's standard input; without it the input is empty. */
  input?: string;
  /** Added to the environment, which otherwise is PATH and LC_ALL=C only. */
  env?: Readonly<Record<string, string>>;
  /** The program is killed after this long; default 30 000. */
  timeoutMs?: number;
}

export interface RunResult {
  /** Exit status, or undefined when a signal ended the program. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, without a shell. Throws only if it could not be started or took too long. */
export type Run = (file: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const outputLimit = 16 * 1024 * 1024;

/** The real `Run`: programs are looked up in the system's own folders, never in the caller's PATH. */
export const run: Run = (file, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      env: { PATH: searchPath, LC_ALL: "C", ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, options.timeoutMs ?? 30_000);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let received = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      received += chunk.length;
      if (received <= outputLimit) into.push(chunk);
      else child.kill("SIGKILL");
    };
    child.stdout.on("data", collect(stdout));
    child.stderr.on("data", collect(stderr));
    child.stdin.on("error", () => {}); // a program that does not read its input; its exit status tells the rest
    child.stdin.end(options.input ?? "");
    child.on("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      reject(systemError(ErrorDomain.NONE, cause, `Cannot execute binary ${file}`));
    });
    child.on("close", (status) => {
      clearTimeout(deadline);
      if (late) {
        reject(
          new VirError(ErrorDomain.NONE, ErrorCode.OPERATION_TIMEOUT, `${commandText(file, args)} timed out`),
        );
      } else {
        resolve({
          status: status ?? undefined,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        });
      }
    });
  });

/**
 * Runs a program that has to succeed.
 * @throws VirError INTERNAL_ERROR with the program's own words when its exit status is not 0
 */
export async function runOrThrow(
  runner: Run,
  file: string,
  args: readonly string[],
  options: RunOptions & { domain?: ErrorDomain } = {},
): Promise<RunResult> {
  const result = await runner(file, args, options);
  if (result.status === 0) return result;
  const how = result.status === undefined ? "was killed" : `unexpected exit status ${result.status}`;
  throw new VirError(
    options.domain ?? ErrorDomain.NONE,
    ErrorCode.INTERNAL_ERROR,
    `Child process (${commandText(file, args)}) ${how}: ${result.stderr.trim()}`,
  );
}

function commandText(file: string, args: readonly string[]): string {
  return [file, ...args].join(" ");
}
