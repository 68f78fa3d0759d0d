import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  type StatsBase,
  stat,
  statfs,
  statSync,
  unlink,
  unlinkSync,
} from "node:fs";
import { promisify } from "node:util";
import type { Native } from "@libvirt-ts/native";

type Maybe<T> = T | Promise<T>;
type Identity = Pick<StatsBase<bigint>, "dev" | "ino"> & { isDirectory(): boolean };

/** The calls lock files need. They throw as node:fs does; `lockByte` gives a negative errno. */
export interface FileCalls {
  open(path: string, flags: number, mode: number): Maybe<number>;
  /** OFD lock on byte 0, length 1, without waiting for its holder. */
  lockByte(fd: number, shared: boolean): Maybe<number>;
  /** Gives the lock back, whoever else has the open file. */
  unlockByte(fd: number): Maybe<number>;
  close(fd: number): Maybe<void>;
  fstat(fd: number): Maybe<Identity>;
  stat(path: string): Maybe<Identity>;
  unlink(path: string): Maybe<void>;
}

/** Calls that tell whether a lock is still there. */
export interface CheckCalls {
  /** Resolves when the server of the file system has answered. */
  reach(path: string): Promise<void>;
  readByte(fd: number): Promise<void>;
}

/** In the thread pool: a file server that does not answer holds up only the calls to it. */
export function pooledCalls(native: Native): FileCalls & CheckCalls {
  const fstatBig = promisify(fstat) as (fd: number, o: { bigint: true }) => Promise<Identity>; // promisify sees one overload
  const statBig = promisify(stat) as (path: string, o: { bigint: true }) => Promise<Identity>; // likewise
  const openFile = promisify(open);
  const statFileSystem = promisify(statfs) as (path: string) => Promise<unknown>; // likewise
  const readFile = promisify(read);
  return {
    open: (path, flags, mode) => openFile(path, flags, mode),
    lockByte: (fd, shared) => native.ofdLockAsync(fd, lockType(shared), 0, 1),
    unlockByte: (fd) => native.ofdLockAsync(fd, "unlock", 0, 1),
    close: promisify(close),
    fstat: (fd) => fstatBig(fd, { bigint: true }),
    stat: (path) => statBig(path, { bigint: true }),
    unlink: promisify(unlink),
    async reach(path) {
      await statFileSystem(path);
    },
    async readByte(fd) {
      await readFile(fd, Buffer.alloc(1), 0, 1, 0);
    },
  };
}

/** At once, for files on disks of this host: a call takes microseconds, a trip through the pool many times that. */
export function directCalls(native: Native): FileCalls {
  return {
    open: (path, flags, mode) => openSync(path, flags | constants.O_NOFOLLOW, mode), // a link may lead off this disk
    lockByte: (fd, shared) => native.ofdLock(fd, lockType(shared), 0, 1),
    unlockByte: (fd) => native.ofdLock(fd, "unlock", 0, 1),
    close: closeSync,
    fstat: (fd) => fstatSync(fd, { bigint: true }),
    stat: (path) => statSync(path, { bigint: true }),
    unlink: unlinkSync,
  };
}

function lockType(shared: boolean): "read" | "write" {
  return shared ? "read" : "write";
}
