import { closeSync, writeSync } from "node:fs";
import { ExitCode } from "./start-failure.ts";
import { successorVariable } from "./succession.ts";

/** In the environment of the process in the background: the descriptor to report readiness on, "" = reported. */
const readyVariable = "LIBVIRT_DAEMON_READY_FD";

/** How a process in the background talks to the one that waits for it. */
export interface Background {
  /** Whether this is the process in the background. */
  readonly inBackground: boolean;
  /** Start-up is over: the waiting process ends with success. */
  ready(): void;
  /** What the environment of an exec of ourselves has in addition. */
  readonly environment: Record<string, string>;
}

export function background(env: Readonly<Record<string, string | undefined>>): Background {
  const text = env[readyVariable];
  if (text === undefined) return { inBackground: false, ready() {}, environment: {} };
  return {
    inBackground: true,
    environment: { [readyVariable]: "" },
    ready() {
      if (text === "") return;
      writeSync(Number(text), "1");
      closeSync(Number(text));
    },
  };
}

/** Taken out of the environment that helper processes inherit. */
export const privateVariables = [
  readyVariable,
  "NOTIFY_SOCKET",
  "LISTEN_PID",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  "FDSTORE",
  successorVariable,
] as const;

/**
 * `--daemon`: starts this program again, detached, and waits until it is ready.
 * Node cannot fork; and a daemon begun anew has nothing of its starter but the environment.
 * @param argv the options without `--daemon`
 * @returns the exit code for the waiting process
 */
export async function startInBackground(argv: readonly string[]): Promise<number> {
  const { spawn } = await import("node:child_process"); // here only: it costs a running daemon 2 MB
  const script = process.argv[1] ?? "";
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: { ...process.env, [readyVariable]: "3" },
  });
  child.stderr?.pipe(process.stderr);
  return new Promise((resolve) => {
    child.stdio[3]?.once("data", () => resolve(ExitCode.none));
    child.once("error", () => resolve(ExitCode.init));
    child.once("close", (code) => resolve(code || ExitCode.init));
  });
}
