import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";

/** A daemon gets this long from its start to its first answer. */
const startMs = 10_000;
const betweenMs = 20;

/**
 * Starts a user's own daemon, which ends by itself when nobody uses it.
 * @param where the program, unless VIRTD_PATH names another, and the socket it will listen on
 * @throws VirError SYSTEM_ERROR if it cannot be started
 */
export async function startSessionDaemon(
  where: { daemon: string; path: string },
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<void> {
  const { daemon, path } = where;
  const program = env.VIRTD_PATH ?? env.LIBVIRTD_PATH ?? daemon;
  const child = spawn(program, ["--timeout=120"], { stdio: "ignore", detached: true, env: { ...env } });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw systemError(ErrorDomain.RPC, error as NodeJS.ErrnoException, `Cannot run '${program}'`); // spawn's own
  }
  child.unref();
  const until = Date.now() + startMs;
  // nothing tells when another process listens
  while (!(await answers(path)) && child.exitCode === null && Date.now() < until) {
    await pause(betweenMs, undefined, signal && { signal });
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // not there yet
  } finally {
    socket.destroy();
  }
}
