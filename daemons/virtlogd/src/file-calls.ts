import {
  type BigIntStats,
  close,
  closeSync,
  constants,
  existsSync,
  fstat,
  fstatSync,
  fsync,
  ftruncate,
  ftruncateSync,
  futimes,
  mkdir,
  mkdirSync,
  open,
  openSync,
  read,
  readSync,
  rename,
  renameSync,
  stat,
  statSync,
  unlink,
  unlinkSync,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";

export type Maybe<T> = T | Promise<T>;

/** The calls on files of logs. They throw as node:fs does. */
export interface FileCalls {
  /** Whether a call may take as long as a file server likes; it then runs in the thread pool. */
  readonly mayHang: boolean;
  /** @param flags O_*; a new file is 0600 */
  open(path: string, flags: number): Maybe<number>;
  close(fd: number): Maybe<void>;
  fstat(fd: number): Maybe<BigIntStats>;
  /** @returns undefined when there is no such file */
  stat(path: string): Maybe<BigIntStats | undefined>;
  read(fd: number, into: Uint8Array, at: number): Maybe<number>;
  write(fd: number, bytes: Uint8Array, at: number): Maybe<number>;
  truncate(fd: number, size: number): Maybe<void>;
  rename(from: string, to: string): Maybe<void>;
  unlink(path: string): Maybe<void>;
  /** With those above it; fine if it is there. */
  makeFolder(path: string): Maybe<void>;
}

const fileMode = 0o600;
const folderMode = 0o711;

/** At once, for files on disks of this host: such a call takes microseconds, the way through the pool many times that. */
export const directCalls: FileCalls = {
  mayHang: false,
  open: (path, flags) => openSync(path, flags | constants.O_NOFOLLOW, fileMode), // a link may lead off this disk
  close: closeSync,
  fstat: (fd) => fstatSync(fd, { bigint: true }),
  stat: (path) => statSync(path, { bigint: true, throwIfNoEntry: false }),
  read: (fd, into, at) => readSync(fd, into, 0, into.length, at),
  write: (fd, bytes, at) => writeSync(fd, bytes, 0, bytes.length, at),
  truncate: ftruncateSync,
  rename: renameSync,
  unlink: unlinkSync,
  makeFolder(path) {
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: folderMode });
  },
};

/** Calls in the thread pool, with what only the compressing of backups needs. */
export interface PooledCalls extends FileCalls {
  open(path: string, flags: number): Promise<number>;
  close(fd: number): Promise<void>;
  fstat(fd: number): Promise<BigIntStats>;
  stat(path: string): Promise<BigIntStats | undefined>;
  read(fd: number, into: Uint8Array, at: number): Promise<number>;
  write(fd: number, bytes: Uint8Array, at: number): Promise<number>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  sync(fd: number): Promise<void>;
  /** Sets when it was last written. */
  touch(fd: number, time: Date): Promise<void>;
}

/** Runs a call when it is its turn. */
export type InTurn = <T>(call: () => Promise<T>) => Promise<T>;

// promisify sees one overload of these
const fstatBig = promisify(fstat) as unknown as (fd: number, o: { bigint: true }) => Promise<BigIntStats>;
const statBig = promisify(stat) as unknown as (path: string, o: { bigint: true }) => Promise<BigIntStats>;
const pooled = {
  open: promisify(open),
  close: promisify(close),
  read: promisify(read),
  write: promisify(write),
  truncate: promisify(ftruncate),
  rename: promisify(rename),
  unlink: promisify(unlink),
  mkdir: promisify(mkdir),
  sync: promisify(fsync),
  touch: promisify(futimes),
};

/** @param run bounds how many of them may hang at a time */
export function pooledCalls(run: InTurn): PooledCalls {
  return {
    mayHang: true,
    open: (path, flags) => run(() => pooled.open(path, flags, fileMode)),
    close: (fd) => run(() => pooled.close(fd)),
    fstat: (fd) => run(() => fstatBig(fd, { bigint: true })),
    stat: (path) => run(() => statBig(path, { bigint: true }).catch(undefinedIfMissing)),
    read: async (fd, into, at) => (await run(() => pooled.read(fd, into, 0, into.length, at))).bytesRead,
    write: async (fd, bytes, at) =>
      (await run(() => pooled.write(fd, bytes, 0, bytes.length, at))).bytesWritten,
    truncate: (fd, size) => run(() => pooled.truncate(fd, size)),
    rename: (from, to) => run(() => pooled.rename(from, to)),
    unlink: (path) => run(() => pooled.unlink(path)),
    makeFolder: async (path) =>
      void (await run(() => pooled.mkdir(path, { recursive: true, mode: folderMode }))),
    sync: (fd) => run(() => pooled.sync(fd)),
    touch: (fd, time) => run(() => pooled.touch(fd, time, time)),
  };
}

/** @throws what is not ENOENT */
export function undefinedIfMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT"; // node:fs throws nothing else
}

/** @returns the errno of an error of node:fs; anything else is thrown on */
export function errnoOf(error: unknown): number {
  if (error instanceof Error && "errno" in error && typeof error.errno === "number") return -error.errno;
  throw error;
}
