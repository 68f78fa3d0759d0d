import { readSync } from "node:fs";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { type ChainFile, closeAll, openChain } from "./log-chain.ts";
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
  const files = openChain(path, maxBackups);
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
    closeAll(files);
  }
}

function bytesFrom(files: readonly ChainFile[], start: number, position: LogPosition): number {
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
