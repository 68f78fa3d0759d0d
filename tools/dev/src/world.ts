import { closeSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { daemonFiles, type Paths, paths } from "@libvirt-ts/daemon";
import { native } from "@libvirt-ts/native";

/** In the order they are started; stopping goes backwards. */
export const daemonNames = ["virtlogd", "virtlockd", "virtnetworkd", "virtqemud"] as const;

/** A prefix and what lies where below it. */
export interface World {
  readonly prefix: string;
  readonly paths: Paths;
  bundle(name: string): string;
  socket(name: string): string;
  pidFile(name: string): string;
  /** What a daemon writes to stderr. */
  log(name: string): string;
}

export function world(prefix: string): World {
  const privileged = process.geteuid?.() === 0;
  const where = paths({ privileged, prefix, env: process.env });
  return {
    prefix,
    paths: where,
    bundle: (name) => fileURLToPath(new URL(`../../../daemons/${name}/dist/${name}.js`, import.meta.url)),
    socket: (name) => `${where.run}/${name}-sock`,
    pidFile: (name) => daemonFiles(where, name).pid,
    log: (name) => daemonFiles(where, name).log,
  };
}

/** The pid in a daemon's pid file while the daemon holds the lock on it. */
export function runningPid(pidFile: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(pidFile, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // openSync throws nothing else
    throw error;
  }
  try {
    const holder = native.ofdGetLock(fd, "write", 0, 1);
    if (typeof holder !== "object" || holder === null) return undefined;
    return Number(readFileSync(fd, "utf8"));
  } finally {
    closeSync(fd);
  }
}

/** The daemons named, or all of them. */
export function selected(names: readonly string[]): string[] {
  return names.length > 0 ? [...names] : [...daemonNames];
}
