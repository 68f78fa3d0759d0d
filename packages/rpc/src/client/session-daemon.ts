import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";

/** A daemon gets this long from its start to its first answer. */
const startMs = 10_000;
const betweenMs = 20;

/**
 * Starts a user's own daemon, which ends by itself when nobody uses it.
 * @param where the program's name, and the socket it will listen on
 * @param env VIRTD_PATH or LIBVIRTD_PATH name the folder of another one
 * @throws VirError SYSTEM_ERROR if it cannot be started
 */
export async function startSessionDaemon(
  where: { daemon: string; path: string },
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<void> {
  const { daemon, path } = where;
  const program = programOf(daemon, env);
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

const usualFolder = "/usr/sbin"; // not in the PATH of every user

function programOf(daemon: string, env: Readonly<Record<string, string | undefined>>): string {
  const folder = env.VIRTD_PATH ?? env.LIBVIRTD_PATH;
  if (folder !== undefined) return join(folder, daemon);
  const usual = join(usualFolder, daemon);
  return existsSync(usual) ? usual : daemon;
}

/** Whether somebody listens there; a socket alone may be what a killed daemon has left. */
export async function answers(path: string): Promise<boolean> {
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
