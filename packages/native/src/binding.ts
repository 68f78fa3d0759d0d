import { existsSync } from "node:fs";
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
 * this package by way of node-gyp-build (source tree). Only the latter needs node:module, which takes a millisecond
 * to load, and is hidden from bundlers.
 */
function load(): Binding {
  const beside = fileURLToPath(new URL("./libvirt-ts.node", import.meta.url));
  if (!existsSync(beside)) {
    const loadFrom = process.getBuiltinModule("node:module").createRequire(import.meta.url);
    return loadFrom("node-gyp-build")(fileURLToPath(new URL("..", import.meta.url)));
  }
  const addon: { exports: Partial<Binding> } = { exports: {} };
  process.dlopen(addon, beside);
  return addon.exports as Binding; // of the same build
}

export const binding = load();
