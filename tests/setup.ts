import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Before any test: the native addon is that of its sources. @returns what runs after the last test */
export function setup(): () => void {
  const script = fileURLToPath(new URL("../packages/native/build.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("the native addon cannot be built");
  return ownTmpdir();
}

/** Tests leave their files lying, in a place that goes with them. A short name: sockets lie there. */
function ownTmpdir(): () => void {
  const path = mkdtempSync(join(tmpdir(), "lv-"));
  chmodSync(path, 0o755); // other users have business there too
  process.env.TMPDIR = path;
  return () => rmSync(path, { recursive: true, force: true });
}
