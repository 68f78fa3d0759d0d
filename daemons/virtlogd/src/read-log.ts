import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { errnoOf, type LogPosition } from "./rotating-file.ts";

/**
 * Reads a log and its backups as one text.
 * @param position a file by inode and an offset into it. An inode that rolled away begins at the oldest byte kept.
 *   // differs: C fails there when the oldest backup does not exist
 * @param maxBytes most bytes returned
 * @returns the bytes; empty at the end
 * @throws VirError NONE/SYSTEM_ERROR
 */
export function readLog(path: string, maxBackups: number, position: LogPosition, maxBytes: number): Buffer {
  const files = openAll(path, maxBackups);
  try {
    const start = files.findIndex((file) => file.inode === position.inode);
    const result = Buffer.alloc(Math.min(maxBytes, bytesFrom(files, start, position)));
    let filled = 0;
    for (let index = Math.max(start, 0); index < files.length && filled < result.length; index++) {
      const offset = index === start ? Number(position.offset) : 0;
      filled += readAt(files[index]!.fd, result.subarray(filled), offset); // index < length
    }
    return result.subarray(0, filled);
  } catch (error) {
    throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to read from file '${path}'`);
  } finally {
    for (const { fd } of files) closeSync(fd);
  }
}

interface OpenFile {
  readonly fd: number;
  readonly inode: bigint;
  readonly size: number;
}

/** Oldest first. */
function openAll(path: string, maxBackups: number): OpenFile[] {
  const names = [...Array(maxBackups).keys()].reverse().map((index) => `${path}.${index}`);
  const files: OpenFile[] = [];
  for (const name of [...names, path]) {
    try {
      const fd = openSync(name, "r");
      const { ino, size } = fstatSync(fd, { bigint: true });
      files.push({ fd, inode: ino, size: Number(size) });
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === enoent && (name !== path || files.length > 0)) continue;
      for (const { fd } of files) closeSync(fd);
      throw systemError(ErrorDomain.NONE, errno, `Unable to open file: ${name}`);
    }
  }
  return files;
}

const enoent = 2;

function bytesFrom(files: readonly OpenFile[], start: number, position: LogPosition): number {
  const total = files.slice(Math.max(start, 0)).reduce((sum, file) => sum + file.size, 0);
  return Math.max(0, start < 0 ? total : total - Number(position.offset));
}

function readAt(fd: number, into: Buffer, offset: number): number {
  let filled = 0;
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
