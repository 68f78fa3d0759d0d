import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { type IndexKind, LogIndex, moveIndex, rebuiltIndex, removeIndex } from "./log-index.ts";

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

interface OpenFile {
  readonly fd: number;
  readonly inode: bigint;
  /** Bytes in the file, which is where the next one goes. */
  offset: number;
  /** Whether it ends where a full one would have been cut. */
  readonly ended: boolean;
  readonly index: LogIndex | undefined;
}

/** A line end this close to the end of a full file is where the file ends. */
const lineSearchBytes = 80;
/** How often is looked whether somebody deleted the file, while it is written. */
const lookMs = 200;
const copyBytes = 64 * 1024;

const newline = 0x0a;

/**
 * A log file open for writing at its end. We keep the offset ourselves (no O_APPEND): `splice` refuses such files.
 * Writers fill `room` bytes at most, then call `rotate`. Where another process was killed, this goes on: how far it
 * came is the size of the file, and a rotation cut short is seen by the name that is missing.
 */
export class RotatingFile {
  readonly path: string;
  readonly #limits: RotationLimits;
  readonly #now: () => number;
  #file: OpenFile | undefined;
  /** Up to here, bytes are known to be in a file that has a name. */
  #sure = 0;
  #nextLook = 0;

  private constructor(path: string, limits: RotationLimits, now: () => number) {
    this.path = path;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Opens or creates (0600) the file.
   * @param o.truncate begins anew, without old backups
   * @throws VirError NONE/SYSTEM_ERROR
   */
  static open(
    path: string,
    limits: RotationLimits,
    { truncate = false, now = Date.now }: { truncate?: boolean; now?: () => number } = {},
  ): RotatingFile {
    const file = new RotatingFile(path, limits, now);
    if (truncate) file.#removeAll();
    file.#file = file.#openFile();
    file.#sure = file.#file.offset;
    return file;
  }

  /** Goes on where another process ended. The file may be out of reach for now: see `check`. */
  static resume(path: string, limits: RotationLimits, now: () => number = Date.now): RotatingFile {
    return new RotatingFile(path, limits, now);
  }

  get fd(): number {
    return this.#opened.fd;
  }

  get offset(): number {
    return this.#opened.offset;
  }

  get position(): LogPosition {
    const { inode, offset } = this.#opened;
    return { inode, offset: BigInt(offset) };
  }

  /** Bytes that still fit; never negative. */
  get room(): number {
    const { offset, ended } = this.#opened;
    const { maxSize } = this.#limits;
    if (maxSize === 0) return Number.POSITIVE_INFINITY;
    return ended ? 0 : Math.max(0, maxSize - offset);
  }

  /**
   * To be called before writing: opens what could not be opened yet. A file that somebody deleted is begun anew, folder
   * included, with what came since the last look; one that was cut off is gone on with where it ends.
   * @param isFailing the file cannot be written: should its name be another file's or nobody's by now, as when a file system was
   *   mounted anew, that one is gone on with
   * @throws VirError NONE/SYSTEM_ERROR; nothing is lost, call again
   */
  check(isFailing = false): void {
    const time = performance.now();
    if (this.#file && time < this.#nextLook && !isFailing) return;
    try {
      this.#file = this.#look(isFailing);
    } catch (error) {
      if (error instanceof VirError) throw error;
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to stat file: ${this.path}`);
    }
    this.#sure = this.#file.offset;
    this.#nextLook = time + lookMs;
  }

  /** Somebody wrote `bytes` at `offset`. */
  advance(bytes: number): void {
    const file = this.#opened;
    file.index?.note(file.offset, this.#now());
    file.offset += bytes;
  }

  /** What comes next is the first of its kind. */
  mark(kind: IndexKind): void {
    const file = this.#opened;
    file.index?.mark(kind, file.offset, this.#now());
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
    this.check();
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
    this.#nextLook = 0;
    this.check();
    const old = this.#opened;
    try {
      if (inodeAt(this.path) === old.inode) this.#moveBackups();
      makeFolder(this.path);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to rotate file '${this.path}'`);
    }
    this.#file = this.#openFile();
    this.#sure = this.#file.offset;
    close(old);
  }

  close(): void {
    if (this.#file) close(this.#file);
    this.#file = undefined;
  }

  get #opened(): OpenFile {
    this.#file ?? this.check();
    if (!this.#file) throw new Error("check() opens the file or throws");
    return this.#file;
  }

  #write(data: Uint8Array): void {
    const { fd, offset } = this.#opened;
    let done = 0;
    try {
      while (done < data.length) done += writeSync(fd, data, done, data.length - done, offset + done);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to write to file '${this.path}'`);
    } finally {
      this.advance(done);
    }
  }

  /** Every name moves up, up to the first that is missing: a rotation cut short left it. */
  #moveBackups(): void {
    const names = [this.path, ...backupNames(this.path, this.#limits.maxBackups)];
    const gap = names.findIndex((name, index) => index > 0 && !existsSync(name));
    const free = gap < 0 ? names.length - 1 : gap;
    if (free === 0) removeLog(this.path);
    for (let index = free; index > 0; index--) moveLog(names[index - 1] ?? "", names[index] ?? "");
  }

  #removeAll(): void {
    try {
      for (const name of [this.path, ...backupNames(this.path, this.#limits.maxBackups)]) removeLog(name);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to delete file '${this.path}'`);
    }
  }

  #openFile(): OpenFile {
    try {
      const fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const stat = fstatSync(fd, { bigint: true });
      const { ino: inode } = stat;
      const offset = Number(stat.size);
      const rebuilt = () => rebuiltIndex(fd, offset, offset === 0 ? this.#now() : Number(stat.birthtimeMs));
      const index = stat.isFile() ? LogIndex.open(this.path, inode, offset, rebuilt) : undefined;
      return { fd, inode, offset, ended: false, index };
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to open file: ${this.path}`);
    }
  }

  /** Whether the former process was about to rotate: it had cut the file at a line end. */
  #wasEnded({ fd, offset }: OpenFile): boolean {
    const room = this.#limits.maxSize - offset;
    if (room <= 0 || room >= lineSearchBytes || offset === 0) return false;
    const last = Buffer.alloc(1);
    return readSync(fd, last, 0, 1, offset - 1) === 1 && last[0] === newline;
  }

  /** @throws VirError, or Error of node:fs */
  #look(isFailing: boolean): OpenFile {
    const file = this.#file;
    if (!file) return this.#resume();
    const { nlink, size, dev } = fstatSync(file.fd, { bigint: true });
    if (nlink === 0n) return this.#beginAnew(file);
    if (isFailing) {
      const there = statSync(this.path, { bigint: true, throwIfNoEntry: false });
      if (there?.ino !== file.inode || there.dev !== dev) {
        const other = this.#resume();
        close(file);
        return other;
      }
    }
    return size < file.offset ? this.#goOnAt(file, Number(size)) : file;
  }

  /** Goes on with what the path names, a file that was perhaps written by a process before us. */
  #resume(): OpenFile {
    makeFolder(this.path);
    const file = this.#openFile();
    return { ...file, ended: this.#wasEnded(file) };
  }

  /** Somebody cut the file off. */
  #goOnAt(file: OpenFile, size: number): OpenFile {
    file.index?.close();
    const index = file.index && LogIndex.open(this.path, file.inode, size, () => []);
    return { ...file, offset: size, ended: false, index };
  }

  /** The file has no name any more. */
  #beginAnew(old: OpenFile): OpenFile {
    makeFolder(this.path);
    const file = this.#openFile();
    try {
      file.offset = copy(old.fd, this.#sure, old.offset, file);
    } catch (error) {
      ftruncateSync(file.fd, file.offset);
      close(file);
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to write to file '${this.path}'`);
    }
    close(old);
    return file;
  }
}

/** Newest first. */
export function backupNames(path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${path}.${index}`);
}

function close({ fd, index }: OpenFile): void {
  closeSync(fd);
  index?.close();
}

/** @returns where `to` ends then */
function copy(from: number, start: number, end: number, to: OpenFile): number {
  const buffer = Buffer.alloc(copyBytes);
  let { offset } = to;
  for (let at = start; at < end; ) {
    const count = readSync(from, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) break; // somebody truncated it as well
    for (let done = 0; done < count; ) done += writeSync(to.fd, buffer, done, count - done, offset + done);
    at += count;
    offset += count;
  }
  return offset;
}

function inodeAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Somebody may have deleted it. */
function makeFolder(path: string): void {
  const folder = dirname(path);
  if (existsSync(folder)) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
  } catch (error) {
    throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to create directory '${folder}'`);
  }
}

function moveLog(from: string, to: string): void {
  ignoreMissing(() => renameSync(from, to));
  moveIndex(from, to);
}

function removeLog(path: string): void {
  ignoreMissing(() => unlinkSync(path));
  removeIndex(path);
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
