import { type BigIntStats, close, constants, fstat, open } from "node:fs";
import { mkdir, stat, unlink } from "node:fs/promises";
import { promisify } from "node:util";
import type { Native } from "@libvirt-ts/native";
import { fileError, isLocked, notDirectory } from "./errors.ts";

/** All file work of the lock daemon. Nothing waits on the event loop: a dead file server stalls only its own calls. */
export interface LockFiles {
  /**
   * Opens a file and locks byte 0, length 1, without waiting for other holders.
   * @param create makes the file when absent; releasers unlink such files, so the name is looked at once more
   * @param name for errors
   * @returns the descriptor; the lock is its open file's and lives until it is closed
   * @throws VirError LOCKSPACE/RESOURCE_BUSY when somebody else holds it, here or on another host
   */
  lock(path: string, o: { name: string; shared: boolean; create: boolean }): Promise<number>;
  /** Gives a lock back, and the file too when `remove`; a shared one only when nobody else has it. */
  unlock(fd: number, path: string, o: { remove: boolean; shared: boolean }): Promise<void>;
  touch(path: string): Promise<void>;
  /** Missing is fine. */
  remove(path: string): Promise<void>;
  /** Makes the directory (0700) unless it is there. */
  makeDirectory(path: string): Promise<void>;
}

const openFile = promisify(open);
const closeFile = promisify(close);
const statFd = promisify(fstat) as (fd: number, o: { bigint: true }) => Promise<BigIntStats>; // promisify sees one overload

const eacces = -13;
const eagain = -11;

export function lockFiles(native: Native): LockFiles {
  const lockByte = (fd: number, shared: boolean) => native.ofdLockAsync(fd, shared ? "read" : "write", 0, 1);

  async function lock(path: string, o: { name: string; shared: boolean; create: boolean }): Promise<number> {
    for (;;) {
      const fd = await openFor(path, o.create);
      try {
        const rc = await lockByte(fd, o.shared);
        if (rc === eagain || rc === eacces) throw isLocked(o.name);
        if (rc < 0) throw fileError(-rc, `Unable to acquire lock on '${path}'`);
        if (!o.create || (await isSameFile(fd, path))) return fd;
      } catch (error) {
        await closeFile(fd);
        throw error;
      }
      await closeFile(fd); // its releaser unlinked it between open and lock
    }
  }

  async function unlock(fd: number, path: string, o: { remove: boolean; shared: boolean }): Promise<void> {
    try {
      if (o.remove && (!o.shared || (await lockByte(fd, false)) >= 0)) await remove(path);
    } finally {
      await closeFile(fd);
    }
  }

  return { lock, unlock, touch, remove, makeDirectory };
}

async function openFor(path: string, create: boolean): Promise<number> {
  try {
    return await openFile(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  } catch (error) {
    throw fileError(error, `Unable to open${create ? "/create" : ""} resource ${path}`);
  }
}

async function isSameFile(fd: number, path: string): Promise<boolean> {
  const [mine, named] = await Promise.all([statFd(fd, { bigint: true }), statOf(path)]);
  return named !== undefined && mine.ino === named.ino && mine.dev === named.dev;
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // fs.promises throws nothing else
    throw fileError(error, `Unable to check status of resource ${path}`);
  }
}

async function touch(path: string): Promise<void> {
  try {
    await closeFile(await openFile(path, constants.O_WRONLY | constants.O_CREAT, 0o600));
  } catch (error) {
    throw fileError(error, `cannot create file '${path}'`);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // fs.promises throws nothing else
    throw fileError(error, `Unable to delete lockspace resource ${path}`);
  }
}

async function makeDirectory(path: string): Promise<void> {
  const there = await statOf(path);
  if (there) {
    if (!there.isDirectory()) throw notDirectory(path);
    return;
  }
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(error, `Unable to create lockspace ${path}`);
  }
}
