import { constants, openSync, promises } from "node:fs"; // loaded when first used: node:fs/promises costs every start 3 ms
import { LocalDirectories } from "@libvirt-ts/host/local-directories";
import { mountOfFile } from "@libvirt-ts/host/mounts";
import type { Native } from "@libvirt-ts/native";
import { type AtOnce, afterwards } from "@libvirt-ts/util/at-once";
import { fileError, notDirectory } from "./errors.ts";
import { directCalls, type FileCalls, pooledCalls } from "./file-calls.ts";
import { Gate } from "./gate.ts";

/** All file work of the lock daemon. A dead file server stalls only the calls to it. */
export interface LockFiles {
  /**
   * Opens a file and locks byte 0, length 1, without waiting for other holders.
   * @param create makes the file when absent; releasers unlink such files, so the name is looked at once more
   * @returns the descriptor; the lock is its open file's and lives until it is closed. "busy": somebody else holds
   *   it, here or on another host
   * @throws VirError LOCKSPACE
   */
  lock(path: string, o: LockRequest): AtOnce<number | "busy">;
  /** The file system an open file lies on, if another host serves it: such locks can be lost. "" if this one does. */
  remoteDevice(fd: number, path: string): string;
  /** Asks again for a lock on a file of this host that an open file should have. @returns whether it does */
  isStillLocked(fd: number, shared: boolean): boolean;
  /**
   * Asks again for a lock that an open file should have, and reads a byte, as on NFS only that tells of a lost one.
   * @throws VirError LOCKSPACE when it is lost
   */
  check(fd: number, path: string, shared: boolean): Promise<void>;
  /**
   * Gives a lock back, and the file too when `remove`; a shared one only when nobody else has it. The lock is free
   * when this is over, even if duplicates of the descriptor are open elsewhere.
   */
  unlock(fd: number, path: string, o: { remove: boolean; shared: boolean }): AtOnce<void>;
  /** Whether anybody else, anywhere, has the lock; a missing file is not locked. */
  isLocked(path: string): Promise<boolean>;
  /** Gives a lock file another name, so that the lock on it locks nothing any more. @returns the name */
  setAside(path: string): Promise<string>;
  touch(path: string, o: Pick<LockRequest, "follow">): Promise<void>;
  /** Missing is fine. */
  remove(path: string): Promise<void>;
  /** Makes the directory (0700) unless it is there. */
  makeDirectory(path: string): Promise<void>;
}

interface LockRequest {
  readonly shared: boolean;
  readonly create: boolean;
  /** Whether the name may be a link; one inside a lockspace could lead out of it. */
  readonly follow: boolean;
}

/** EAGAIN, EACCES */
const isBusy = (rc: number) => rc === -11 || rc === -13;
const fileMode = 0o600;

/** How long a file server may take to answer. */
const answerMs = 30_000;

export function lockFiles(native: Native, now: () => number = Date.now): LockFiles {
  const pooled = pooledCalls(native);
  const gate = new Gate({ timeoutMs: answerMs });
  const direct = directCalls(native);
  const local = new LocalDirectories(now);
  const lockAnywhere = async (path: string, request: LockRequest) => {
    const fd = await gate.run(
      path,
      () => lockWith(pooled, path, request, undefined),
      (late) => void (late !== "busy" && pooled.close(late)),
    );
    if (fd !== "busy") local.learn(path);
    return fd;
  };
  return {
    lock(path, request) {
      if (!local.has(path)) return lockAnywhere(path, request);
      const fd = request.create
        ? lockWith(direct, path, request, "link")
        : lockAtOnce(native, path, request.shared);
      return afterwards(fd, (locked) => (locked === "link" ? lockAnywhere(path, request) : locked));
    },
    remoteDevice(fd, path) {
      if (local.has(path)) return "";
      const { device, isLocal } = mountOfFile(fd);
      return isLocal ? "" : device;
    },
    isStillLocked: (fd, shared) => native.ofdLock(fd, shared ? "read" : "write", 0, 1) >= 0,
    async check(fd, path, shared) {
      const what = `Unable to acquire lock on '${path}'`;
      const rc = await pooled.lockByte(fd, shared);
      if (rc < 0) throw fileError(-rc, what);
      try {
        await pooled.reach(path);
        await pooled.readByte(fd);
      } catch (error) {
        throw fileError(error, what);
      }
    },
    unlock(fd, path, request) {
      if (!local.has(path)) return gate.run(path, () => unlockWith(pooled, fd, path, request));
      if (request.remove) return unlockWith(direct, fd, path, request);
      native.ofdLock(fd, "unlock", 0, 1);
      native.close(fd);
    },
    isLocked: (path) => gate.run(path, () => isLockedWith(native, path)),
    async setAside(path) {
      const aside = `${path}.broken-${now()}`;
      await gate
        .run(path, () => promises.rename(path, aside))
        .catch((error: unknown) => {
          throw fileError(error, `cannot rename file '${path}'`);
        });
      return aside;
    },
    async touch(path, { follow }) {
      await gate.run(path, () => touchWith(pooled, path, links(follow)));
    },
    remove: (path) => gate.run(path, () => removeWith(pooled, path)),
    makeDirectory: (path) => gate.run(path, () => makeDirectory(pooled, path)),
  };
}

const links = (follow: boolean): number => (follow ? 0 : constants.O_NOFOLLOW);

/** For files on disks of this host that are there. @returns "link" when the path is one: it may lead off this disk */
function lockAtOnce(native: Native, path: string, shared: boolean): number | "busy" | "link" {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP") return "link"; // node:fs throws nothing else
    throw fileError(error, `Unable to open resource ${path}`);
  }
  const rc = native.ofdLock(fd, shared ? "read" : "write", 0, 1);
  if (rc >= 0) return fd;
  native.close(fd);
  if (isBusy(rc)) return "busy";
  throw fileError(-rc, `Unable to acquire lock on '${path}'`);
}

/** @param ifLink returned when the path is a link and `calls` do not follow links; undefined if they do */
async function lockWith<L extends "link" | undefined>(
  calls: FileCalls,
  path: string,
  { shared, create, follow }: LockRequest,
  ifLink: L,
): Promise<number | "busy" | NonNullable<L>> {
  for (;;) {
    let fd: number;
    try {
      fd = await calls.open(
        path,
        constants.O_RDWR | (create ? constants.O_CREAT : 0) | links(follow),
        fileMode,
      );
    } catch (error) {
      if (ifLink && (error as NodeJS.ErrnoException).code === "ELOOP") return ifLink; // node:fs throws nothing else
      throw fileError(error, `Unable to open${create ? "/create" : ""} resource ${path}`);
    }
    try {
      const rc = await calls.lockByte(fd, shared);
      if (rc < 0 && !isBusy(rc)) throw fileError(-rc, `Unable to acquire lock on '${path}'`);
      if (rc >= 0 && (!create || (await isNamed(calls, fd, path)))) return fd;
      await calls.close(fd);
      if (isBusy(rc)) return "busy";
      // its releaser unlinked it between open and lock
    } catch (error) {
      await calls.close(fd);
      throw error;
    }
  }
}

async function unlockWith(
  calls: FileCalls,
  fd: number,
  path: string,
  { remove, shared }: { remove: boolean; shared: boolean },
): Promise<void> {
  try {
    if (remove && (!shared || (await calls.lockByte(fd, false)) >= 0)) await removeWith(calls, path);
  } finally {
    await calls.unlockByte(fd);
    await calls.close(fd);
  }
}

async function isLockedWith(native: Native, path: string): Promise<boolean> {
  try {
    const file = await promises.open(path, "r");
    try {
      return (await native.ofdGetLockAsync(file.fd, "write", 0, 1)) !== null;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // node:fs throws nothing else
    throw fileError(error, `Unable to open resource ${path}`);
  }
}

async function touchWith(calls: FileCalls, path: string, flags: number): Promise<void> {
  try {
    await calls.close(await calls.open(path, constants.O_WRONLY | constants.O_CREAT | flags, fileMode));
  } catch (error) {
    throw fileError(error, `cannot create file '${path}'`);
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
