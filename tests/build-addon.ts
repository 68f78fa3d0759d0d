import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Before any test: the native addon is that of its sources. Takes no time when it is. */
export function setup(): void {
  const script = fileURLToPath(new URL("../packages/native/build.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("the native addon cannot be built");
}
