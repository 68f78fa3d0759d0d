import { unlinkSync } from "node:fs";
import { LaunchError, type Native, READABLE } from "@libvirt-ts/native";
import { connected } from "./connected.ts";
import { keeperOption } from "./keeper-option.ts";
import type { KeeperStoreOptions } from "./open-fd-store.ts";

/**
 * Starts a keeper and connects to it. Its socket listens before it runs: what is sent waits in the kernel, safe.
 * @returns the connection, or a negative errno
 */
export function startKeeper({ native, log, path, script, title, graceMs }: KeeperStoreOptions): number {
  const listener = listen(native, path);
  if (listener < 0) return listener;
  const started = native.launch({
    file: process.execPath,
    argv: [process.execPath, ...nodeOptions, script, keeperOption, title, String(listener), String(graceMs)],
    env: {},
    cwd: "/",
    keep: [listener],
    steps: [{ do: "setsid" }],
  });
  const socket =
    started instanceof LaunchError ? -started.errno : connected(native, native.socketUnix("seqpacket"), path);
  native.close(listener);
  if (started instanceof LaunchError) return socket;
  started.ready.catch((error: unknown) =>
    log.error({ err: error }, "cannot start the keeper of descriptors"),
  );
  reapWhenEnded(native, started);
  return socket;
}

/** It does next to nothing: small heap, no threads for collecting garbage. */
const nodeOptions = ["--max-semi-space-size=1", "--max-old-space-size=32", "--v8-pool-size=0"];

function listen(native: Native, path: string): number {
  const listener = native.socketUnix("seqpacket");
  if (listener < 0) return listener;
  unlinkIfThere(path);
  const umask = process.umask(0o177);
  const bound = native.bind(listener, path);
  process.umask(umask);
  const rc = bound < 0 ? bound : native.listen(listener, 8);
  if (rc >= 0) return listener;
  native.close(listener);
  return rc;
}

function reapWhenEnded(native: Native, { pid, pidfd }: { pid: number; pidfd: number }): void {
  const poll = new native.Poll(pidfd);
  poll.start(READABLE, () => {
    native.reap(pid);
    poll.close();
    native.close(pidfd);
  });
  poll.unref();
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // unlinkSync throws nothing else
  }
}
