import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";

/** When a log rolls over, and how much is kept. */
export interface RotationLimits {
  /** Bytes of one file; 0 = never rolls over. */
  readonly maxSize: number;
  /** Rolled-over files kept: `.0` is the newest. With 0 the file begins anew. */
  readonly maxBackups: number;
}

/** Where the next byte of a log goes; the inode outlives a rename. */
export interface LogPosition {
  readonly inode: bigint;
  readonly offset: bigint;
}

/** A line end this close to the end of a full file is where the file ends. */
const lineSearchBytes = 80;

const newline = 0x0a;

/**
 * A log file open for writing at its end. We keep the offset ourselves (no O_APPEND): `splice` refuses such files.
 * Writers fill `room` bytes at most, then call `rotate`.
 */
export class RotatingFile {
  readonly path: string;
  readonly #limits: RotationLimits;
  #fd: number;
  #inode: bigint;
  #offset: number;

  /**
   * Opens or creates (0600) the file.
   * @param truncate begins anew, without old backups
   * @throws VirError NONE/SYSTEM_ERROR
   */
  constructor(path: string, limits: RotationLimits, truncate = false) {
    this.path = path;
    this.#limits = limits;
    if (truncate) this.#removeAll();
    [this.#fd, this.#inode, this.#offset] = openLog(path);
  }

  get fd(): number {
    return this.#fd;
  }

  /** Bytes in the file, which is where the next one goes. */
  get offset(): number {
    return this.#offset;
  }

  get position(): LogPosition {
    return { inode: this.#inode, offset: BigInt(this.#offset) };
  }

  /** Bytes that still fit; never negative. */
  get room(): number {
    return this.#limits.maxSize === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#limits.maxSize - this.#offset);
  }

  /** Somebody wrote `bytes` at `offset`. */
  advance(bytes: number): void {
    this.#offset += bytes;
  }

  /**
   * Where to cut data that does not fit: behind the last line end within the last 80 bytes that fit.
   * @param tail the last bytes that fit, at most 80
   * @returns bytes of `tail` that stay in this file; all of them when there is no line end
   */
  static cut(tail: Uint8Array): number {
    const at = tail.lastIndexOf(newline);
    return at < 0 ? tail.length : at + 1;
  }

  /** Bytes at the end of the room in which a line end is looked for. */
  static searchBytes(room: number): number {
    return Math.min(room, lineSearchBytes);
  }

  /** Appends with rotation. @throws VirError NONE/SYSTEM_ERROR; what was written until then stays */
  append(data: Uint8Array): void {
    let rest = data;
    while (rest.length > 0) {
      const { room } = this;
      if (room === 0) {
        this.rotate();
        continue;
      }
      if (rest.length <= room) {
        this.#write(rest);
        return;
      }
      const search = RotatingFile.searchBytes(room);
      const keep = room - search + RotatingFile.cut(rest.subarray(room - search, room));
      this.#write(rest.subarray(0, keep));
      rest = rest.subarray(keep);
      this.rotate();
    }
  }

  /**
   * Renames the file to `.0`, `.0` to `.1` and so on, and begins a new one. When that fails, writing may go on in
   * the old file and the next call tries again; backups move only while the path still names our file.
   */
  rotate(): void {
    try {
      if (inodeAt(this.path) === this.#inode) this.#moveBackups();
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to rotate file '${this.path}'`);
    }
    const [fd, inode, offset] = openLog(this.path);
    closeSync(this.#fd);
    [this.#fd, this.#inode, this.#offset] = [fd, inode, offset];
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(data: Uint8Array): void {
    try {
      for (let at = 0; at < data.length; ) {
        const written = writeSync(this.#fd, data, at, data.length - at, this.#offset);
        at += written;
        this.#offset += written;
      }
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to write to file '${this.path}'`);
    }
  }

  #moveBackups(): void {
    const { maxBackups } = this.#limits;
    if (maxBackups === 0) remove(this.path);
    for (let index = maxBackups - 1; index >= 0; index--) {
      rename(index === 0 ? this.path : `${this.path}.${index - 1}`, `${this.path}.${index}`);
    }
  }

  #removeAll(): void {
    try {
      remove(this.path);
      for (let index = 0; index < this.#limits.maxBackups; index++) remove(`${this.path}.${index}`);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to delete file '${this.path}'`);
    }
  }
}

function openLog(path: string): [fd: number, inode: bigint, size: number] {
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    const { ino, size } = fstatSync(fd, { bigint: true });
    return [fd, ino, Number(size)];
  } catch (error) {
    throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to open file: ${path}`);
  }
}

function inodeAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

function rename(from: string, to: string): void {
  ignoreMissing(() => renameSync(from, to));
}

function remove(path: string): void {
  ignoreMissing(() => unlinkSync(path));
}

function ignoreMissing(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // node:fs throws nothing else
  }
}

/** @returns the errno of an error of node:fs; anything else is thrown on */
export function errnoOf(error: unknown): number {
  if (error instanceof Error && "errno" in error && typeof error.errno === "number") return -error.errno;
  throw error;
}
