import { promises } from "node:fs"; // loaded when first used: node:fs/promises costs every start 3 ms
import { join } from "node:path";
import type { Logger } from "@libvirt-ts/logging";
import type { FilePlaces } from "./file-places.ts";
import { compressedName } from "./gzip-file.ts";
import { indexedLog, removeIndex } from "./log-index.ts";

export interface ExpiryOptions {
  /** Directory whose subdirectories hold logs. */
  readonly root: string;
  readonly maxAgeDays: number;
  readonly maxBackups: number;
  readonly isOpen: (path: string) => boolean;
  readonly now: () => number;
  readonly log: Logger;
  readonly places: FilePlaces;
}

const dayMs = 24 * 60 * 60 * 1000;
const logName = /^(.+\.log)(?:\.([0-9]+)(?:\.gz)?)?$/;

/**
 * Removes logs nobody wrote for `maxAgeDays` (the newest of a log and its backups counts), and backups numbered
 * beyond what is kept, with their indexes. Open logs stay. A directory or file that cannot be read is reported and passed over.
 */
export async function removeOldLogs(o: ExpiryOptions): Promise<void> {
  for (const entry of await list(o, o.root)) {
    if (entry.isDirectory()) await cleanDirectory(o, join(o.root, entry.name));
  }
}

/** Looks now and then once a day. @returns ends it */
export function keepRemovingOldLogs(o: ExpiryOptions): () => void {
  const look = () =>
    void removeOldLogs(o).catch((error: unknown) => o.log.error({ err: error }, "log expiry failed"));
  look();
  const timer = setInterval(look, dayMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function cleanDirectory(o: ExpiryOptions, directory: string): Promise<void> {
  const groups = new Map<string, string[]>();
  const entries = await list(o, directory);
  const names = new Set(entries.map(({ name }) => name));
  for (const entry of entries) {
    const log = indexedLog(entry.name);
    if (log !== undefined && !names.has(log) && !names.has(compressedName(log)))
      await removeIndex(join(directory, log), o.places.pooledFor(directory));
    const [name, base, index] = logName.exec(entry.name) ?? [];
    if (!entry.isFile() || name === undefined || base === undefined) continue;
    const path = join(directory, name);
    if (index !== undefined && Number(index) >= o.maxBackups) await remove(o, path);
    else groups.set(base, [...(groups.get(base) ?? []), path]);
  }
  for (const [base, paths] of groups) if (!o.isOpen(join(directory, base))) await expire(o, paths);
}

async function expire(o: ExpiryOptions, paths: readonly string[]): Promise<void> {
  const times = await Promise.all(paths.map((path) => modified(path)));
  if (Math.max(...times) >= o.now() - o.maxAgeDays * dayMs) return;
  for (const path of paths) await remove(o, path);
}

/** A file that went away meanwhile counts as old. */
async function modified(path: string): Promise<number> {
  try {
    return (await promises.stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0; // fs.promises throws nothing else
    throw error;
  }
}

async function list(o: ExpiryOptions, directory: string) {
  try {
    return await promises.readdir(directory, { withFileTypes: true });
  } catch (error) {
    o.log.warn({ err: error, directory }, "cannot look for old logs");
    return [];
  }
}

async function remove(o: ExpiryOptions, path: string): Promise<void> {
  try {
    await promises.unlink(path);
    await removeIndex(path.replace(/\.gz$/, ""), o.places.pooledFor(path));
    o.log.info({ path }, "old log removed");
  } catch (error) {
    o.log.warn({ err: error, path }, "old log not removed");
  }
}
