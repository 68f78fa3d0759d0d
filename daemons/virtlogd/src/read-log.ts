import { type ChainFile, type ChainOptions, closeAll, openChain } from "./log-chain.ts";
import type { LogPosition } from "./rotating-file.ts";

/**
 * Reads a log and its backups as one text.
 * @param position a file by inode and an offset into it. An inode that rolled away begins at the oldest byte kept.
 *   // differs: C fails there when the oldest backup does not exist
 * @param maxBytes most bytes returned
 * @returns the bytes; empty at the end
 * @throws VirError NONE/SYSTEM_ERROR
 */
export async function readLog(chain: ChainOptions, position: LogPosition, maxBytes: number): Promise<Buffer> {
  const files = await openChain(chain);
  try {
    const start = files.findIndex((file) => file.inode === position.inode);
    const result = Buffer.alloc(Math.min(maxBytes, bytesFrom(files, start, position)));
    let filled = 0;
    for (let index = Math.max(start, 0); index < files.length && filled < result.length; index++) {
      const offset = index === start ? Number(position.offset) : 0;
      filled += await files[index]!.read(result.subarray(filled), offset); // index < length
    }
    return result.subarray(0, filled);
  } finally {
    await closeAll(files);
  }
}

function bytesFrom(files: readonly ChainFile[], start: number, position: LogPosition): number {
  const total = files.slice(Math.max(start, 0)).reduce((sum, file) => sum + file.size, 0);
  return Math.max(0, start < 0 ? total : total - Number(position.offset));
}
