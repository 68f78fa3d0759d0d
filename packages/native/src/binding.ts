import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Binding } from "./syscalls.ts";

/**
 * Loads the compiled addon: `libvirt-ts.node` beside this file (a bundled daemon), else the build of
 * this package by way of node-gyp-build (source tree).
 * `createRequire` keeps bundlers from looking into either.
 */
function load(): Binding {
  const loadFrom = createRequire(import.meta.url);
  const beside = fileURLToPath(new URL("./libvirt-ts.node", import.meta.url));
  if (existsSync(beside)) return loadFrom(beside);
  return loadFrom("node-gyp-build")(fileURLToPath(new URL("..", import.meta.url)));
}

export const binding = load();
