import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Step } from "./launch.ts";
import type { Syscalls } from "./syscalls.ts";

/** What the addon itself exports: the system calls, and two that native.ts offers with nicer arguments. */
export interface Binding extends Syscalls {
  execve(file: string, argv: readonly string[], env: readonly string[]): number;
  /** `stdio`: three descriptors, -1 = /dev/null. `statusFd`: see launch.ts. */
  launch(options: {
    file: string;
    argv: readonly string[];
    env: readonly string[];
    stdio: readonly number[];
    keep: readonly number[];
    steps: readonly Step[];
  }): { pid: number; pidfd: number; statusFd: number } | number;
}

/**
 * Loads the compiled addon: `libvirt-ts.node` beside this file (a bundled daemon), else the build of
 * this package by way of node-gyp-build (source tree). `createRequire` keeps bundlers out of both.
 */
function load(): Binding {
  const loadFrom = createRequire(import.meta.url);
  const beside = fileURLToPath(new URL("./libvirt-ts.node", import.meta.url));
  if (existsSync(beside)) return loadFrom(beside);
  return loadFrom("node-gyp-build")(fileURLToPath(new URL("..", import.meta.url)));
}

export const binding = load();
