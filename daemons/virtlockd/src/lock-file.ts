import { constants, promises } from "node:fs"; // loaded when first used: node:fs/promises costs every start 3 ms
import type { Native } from "@libvirt-ts/native";
import { fileError, isLocked, notDirectory } from "./errors.ts";
import { directCalls, type FileCalls, LocalDirectories, pooledCalls } from "./file-calls.ts";

/** All file work of the lock daemon. A dead file server stalls only the calls to it. */
export interface LockFiles {
  /**
   * Opens a file and locks byte 0, length 1, without waiting for other holders.
   * @param create makes the file when absent; releasers unlink such files, so the name is looked at once more
   * @param name for errors
   * @returns the descriptor; the lock is its open file's and lives until it is closed
   * @throws VirError LOCKSPACE/RESOURCE_BUSY when somebody else holds it, here or on another host
   */
  lock(path: string, o: LockRequest): Promise<number>;
  /**
   * Asks again for a lock that an open file should have: it may have been lost.
   * @returns 0, or a negative errno
   */
  reask(fd: number, shared: boolean): Promise<number>;
  /**
   * Gives a lock back, and the file too when `remove`; a shared one only when nobody else has it. The lock is free
   * when this is over, even if duplicates of the descriptor are open elsewhere.
   */
  unlock(fd: number, path: string, o: { remove: boolean; shared: boolean }): Promise<void>;
  touch(path: string): Promise<void>;
  /** Missing is fine. */
  remove(path: string): Promise<void>;
  /** Makes the directory (0700) unless it is there. */
  makeDirectory(path: string): Promise<void>;
}

interface LockRequest {
  readonly name: string;
  readonly shared: boolean;
  readonly create: boolean;
}

const eacces = -13;
const eagain = -11;
const fileMode = 0o600;

export function lockFiles(native: Native, now: () => number = Date.now): LockFiles {
  const pooled = pooledCalls(native);
  const direct = directCalls(native);
  const local = new LocalDirectories(now);
  const callsFor = (path: string) => (local.has(path) ? direct : pooled);
  return {
    async lock(path, request) {
      if (local.has(path)) {
        const fd = await lockWith(direct, path, request, "link");
        if (fd !== "link") return fd;
      }
      const fd = await lockWith(pooled, path, request, undefined);
      local.learn(path);
      return fd;
    },
    reask: async (fd, shared) => pooled.lockByte(fd, shared),
    async unlock(fd, path, { remove, shared }) {
      const calls = callsFor(path);
      try {
        if (remove && (!shared || (await calls.lockByte(fd, false)) >= 0)) await removeWith(calls, path);
      } finally {
        await calls.unlockByte(fd);
        await calls.close(fd);
      }
    },
    async touch(path) {
      try {
        await pooled.close(await pooled.open(path, constants.O_WRONLY | constants.O_CREAT, fileMode));
      } catch (error) {
        throw fileError(error, `cannot create file '${path}'`);
      }
    },
    remove: (path) => removeWith(pooled, path),
    makeDirectory: (path) => makeDirectory(pooled, path),
  };
}

/** @param ifLink returned when the path is a link and `calls` do not follow links; undefined if they do */
async function lockWith<L extends "link" | undefined>(
  calls: FileCalls,
  path: string,
  { name, shared, create }: LockRequest,
  ifLink: L,
): Promise<number | NonNullable<L>> {
  for (;;) {
    let fd: number;
    try {
      fd = await calls.open(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), fileMode);
    } catch (error) {
      if (ifLink && (error as NodeJS.ErrnoException).code === "ELOOP") return ifLink; // node:fs throws nothing else
      throw fileError(error, `Unable to open${create ? "/create" : ""} resource ${path}`);
    }
    try {
      const rc = await calls.lockByte(fd, shared);
      if (rc === eagain || rc === eacces) throw isLocked(name);
      if (rc < 0) throw fileError(-rc, `Unable to acquire lock on '${path}'`);
      if (!create || (await isNamed(calls, fd, path))) return fd;
    } catch (error) {
      await calls.close(fd);
      throw error;
    }
    await calls.close(fd); // its releaser unlinked it between open and lock
  }
}

/** Whether a path still names an open file. */
async function isNamed(calls: FileCalls, fd: number, path: string): Promise<boolean> {
  const mine = await calls.fstat(fd);
  const named = await statOf(calls, path);
  return named !== undefined && mine.ino === named.ino && mine.dev === named.dev;
}

async function statOf(calls: FileCalls, path: string) {
  try {
    return await calls.stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // node:fs throws nothing else
    throw fileError(error, `Unable to check status of resource ${path}`);
  }
}

async function removeWith(calls: FileCalls, path: string): Promise<void> {
  try {
    await calls.unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // node:fs throws nothing else
    throw fileError(error, `Unable to delete lockspace resource ${path}`);
  }
}

async function makeDirectory(calls: FileCalls, path: string): Promise<void> {
  const there = await statOf(calls, path);
  if (there) {
    if (!there.isDirectory()) throw notDirectory(path);
    return;
  }
  try {
    await promises.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(error, `Unable to create lockspace ${path}`);
  }
}
