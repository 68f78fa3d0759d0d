import { mkdirSync } from "node:fs";
import { ExitCode, StartFailure } from "./start-failure.ts";

/** Makes a run-time directory and its parents: open to look at for root, private in a session (by umask). */
export function makeDirectory(path: string): void {
  const umask = process.umask(process.geteuid?.() === 0 ? 0o022 : 0o077);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartFailure(ExitCode.runDirectory, `unable to create rundir ${path}: ${why}`, {
      cause: error,
    });
  } finally {
    process.umask(umask);
  }
}
