import { constants } from "node:fs";
import { type FileCalls, isMissing } from "./file-calls.ts";
import { compressedName, readOrigin } from "./gzip-file.ts";
import { moveIndex, removeIndex } from "./log-index.ts";

/** Names of rolled-over files, newest first. Each is there as it was written or, under `compressedName`, compressed. */
export function backupNames(path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${path}.${index}`);
}

/** Which backups there may be. */
export interface BackupRules {
  readonly maxBackups: number;
  /** Some may be compressed. */
  readonly compressed: boolean;
}

/**
 * Gives the name of a log up: every name moves up, up to the first that is missing, which a rotation cut short left.
 * @throws Error of node:fs
 */
export async function moveBackups(path: string, rules: BackupRules, calls: FileCalls): Promise<void> {
  const { maxBackups, compressed } = rules;
  const names = [path, ...backupNames(path, maxBackups)];
  let free = Math.min(1, maxBackups);
  while (free < maxBackups && (await exists(names[free] ?? "", rules, calls))) free += 1;
  if (compressed || free === 0) await removeBackup(names[free] ?? "", rules, calls);
  for (let index = free; index > 0; index--) {
    const [from = "", to = ""] = [names[index - 1], names[index]];
    for (const form of formsOf(rules)) await renameIfThere(form(from), form(to), calls);
    await moveIndex(from, to, calls);
  }
}

/** Removes a log or a backup in any form, with its index; fine if it is not there. @throws Error of node:fs */
export async function removeBackup(path: string, rules: BackupRules, calls: FileCalls): Promise<void> {
  for (const form of formsOf(rules)) if (await calls.stat(form(path))) await calls.unlink(form(path));
  await removeIndex(path, calls);
}

/** The inodes compressed backups had when they were written: no new file of the log may have one of them. */
export async function originsOf(path: string, maxBackups: number, calls: FileCalls): Promise<Set<bigint>> {
  const found = new Set<bigint>();
  for (const name of backupNames(path, maxBackups)) {
    const file = compressedName(name);
    if ((await calls.stat(file)) === undefined) continue;
    const fd = await calls.open(file, constants.O_RDONLY);
    try {
      const origin = await readOrigin(fd, calls);
      if (origin) found.add(origin.inode);
    } finally {
      await calls.close(fd);
    }
  }
  return found;
}

async function exists(name: string, rules: BackupRules, calls: FileCalls): Promise<boolean> {
  for (const form of formsOf(rules)) if (await calls.stat(form(name))) return true;
  return false;
}

async function renameIfThere(from: string, to: string, calls: FileCalls): Promise<void> {
  try {
    await calls.rename(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const plain = [(name: string) => name];
const both = [...plain, compressedName];

const formsOf = ({ compressed }: BackupRules) => (compressed ? both : plain);
