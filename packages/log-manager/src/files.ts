import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { appendFile, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { LogManager, LogPosition } from "./log-manager.ts";

/** Logs as plain files without rotation, `stdio_handler = "file"`. */
export function fileLogManager(): LogManager {
  return {
    async open({ path, truncate = false }) {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      const flags =
        constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (truncate ? constants.O_TRUNC : 0);
      let fd: number;
      try {
        fd = openSync(path, flags, 0o600);
      } catch (error) {
        throw asSystemError(error, `Unable to open file: ${path}`);
      }
      try {
        return { fd, position: positionOf(fstatSync(fd, { bigint: true })) };
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    },
    async position(path) {
      return positionOf(await guarded(stat(path, { bigint: true }), `Unable to stat file: ${path}`));
    },
    async read(path, { offset }, maxBytes) {
      const file = await guarded(open(path), `Unable to open file: ${path}`);
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, Number(offset));
        return buffer.toString("utf8", 0, bytesRead);
      } finally {
        await file.close();
      }
    },
    async append({ path, message }) {
      await guarded(appendFile(path, message, { mode: 0o600 }), `Unable to write to file '${path}'`);
    },
  };
}

function positionOf({ ino, size }: { ino: bigint; size: bigint }): LogPosition {
  return { inode: ino, offset: size };
}

async function guarded<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asSystemError(error, what);
  }
}

function asSystemError(error: unknown, what: string): unknown {
  if (!(error instanceof Error && "errno" in error && typeof error.errno === "number")) return error;
  return systemError(ErrorDomain.LOGGING, -error.errno, what);
}
