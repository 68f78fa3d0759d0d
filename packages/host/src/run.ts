import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
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
export const run: Run = (file, args, options) => start(file, args, { ...options, inherited: [] });

/**
 * The same, with descriptors that each program keeps open for as long as it lives: a lock taken through one of
 * them outlives us until the last program we started has ended.
 */
export const runHolding =
  (...inherited: number[]): Run =>
  (file, args, options) =>
    start(file, args, { ...options, inherited });

function start(
  file: string,
  args: readonly string[],
  { input = "", env, timeoutMs = 30_000, inherited }: RunOptions & { inherited: number[] },
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      env: { PATH: searchPath, LC_ALL: "C", ...env },
      stdio: ["pipe", "pipe", "pipe", ...inherited],
    });
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    const stdout = collect(child.stdout, () => child.kill("SIGKILL"));
    const stderr = collect(child.stderr, () => child.kill("SIGKILL"));
    child.stdin?.on("error", () => {}); // a program that does not read its input; its exit status tells the rest
    child.stdin?.end(input);
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
        resolve({ status: status ?? undefined, stdout: stdout(), stderr: stderr() });
      }
    });
  });
}

/** Gathers what comes out of a stream. @returns what came so far, as text */
function collect(stream: Readable | null, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= outputLimit) chunks.push(chunk);
    else tooMuch();
  });
  return () => Buffer.concat(chunks).toString();
}

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
