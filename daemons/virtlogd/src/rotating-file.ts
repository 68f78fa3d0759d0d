import { constants } from "node:fs";
import { dirname } from "node:path";
import { ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { type BackupRules, backupNames, moveBackups, originsOf, removeBackup } from "./backups.ts";
import { errnoOf, type FileCalls } from "./file-calls.ts";
import { type FilePlaces, localPlaces } from "./file-places.ts";
import { compressedName } from "./gzip-file.ts";
import { type IndexKind, indexOfText, LogIndex, maxScanBytes } from "./log-index.ts";

/** When a log rolls over, and how much is kept. */
export interface RotationLimits {
  /** Bytes of one file; 0 = never rolls over. */
  readonly maxSize: number;
  /** Rolled-over files kept: `.0` is the newest. With 0 the file begins anew. */
  readonly maxBackups: number;
  /** Backups are compressed by somebody; default false. Those that are there already are known anyway. */
  readonly compress?: boolean;
}

/** Where the next byte of a log goes; the inode outlives a rename. */
export interface LogPosition {
  readonly inode: bigint;
  readonly offset: bigint;
}

export interface RotatingFileOptions {
  readonly limits: RotationLimits;
  /** Default: everything is on this host's disks. */
  readonly places?: FilePlaces;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** A backup was made. */
  readonly onRotate?: () => void;
}

interface OpenFile {
  readonly fd: number;
  readonly inode: bigint;
  readonly calls: FileCalls;
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
const eloop = 40;

/**
 * A log file open for writing at its end. We keep the offset ourselves (no O_APPEND): `splice` refuses such files.
 * Writers fill `room` bytes at most, then call `rotate`. Where another process was killed, this goes on: how far it
 * came is the size of the file, and a rotation cut short is seen by the name that is missing.
 *
 * One call at a time: the next begins when the one before has settled.
 */
export class RotatingFile {
  readonly path: string;
  readonly #limits: RotationLimits;
  readonly #places: FilePlaces;
  readonly #now: () => number;
  readonly #onRotate: () => void;
  #file: OpenFile | undefined;
  /** Up to here, bytes are known to be in a file that has a name. */
  #sure = 0;
  #nextLook = 0;
  #hasCompressed: boolean | undefined;

  private constructor(path: string, o: RotatingFileOptions) {
    this.path = path;
    this.#limits = o.limits;
    this.#places = o.places ?? localPlaces;
    this.#now = o.now ?? Date.now;
    this.#onRotate = o.onRotate ?? (() => {});
    if (o.limits.compress) this.#hasCompressed = true;
  }

  /**
   * Opens or creates (0600) the file.
   * @param o.truncate begins anew, without old backups
   * @throws VirError NONE/SYSTEM_ERROR
   */
  static async open(path: string, o: RotatingFileOptions & { truncate?: boolean }): Promise<RotatingFile> {
    const file = new RotatingFile(path, o);
    if (o.truncate) await file.#removeAll();
    file.#file = await file.#openFile();
    file.#sure = file.#file.offset;
    return file;
  }

  /** Goes on where another process ended. The file may be out of reach for now: see `check`. */
  static resume(path: string, o: RotatingFileOptions): RotatingFile {
    return new RotatingFile(path, o);
  }

  /** Whether calls on it may take as long as a file server likes, as far as is known. */
  get mayHang(): boolean {
    return this.#file?.calls.mayHang ?? true;
  }

  /** It is open, was looked at a moment ago, and calls on it return at once. */
  get isReady(): boolean {
    return this.#file !== undefined && !this.#file.calls.mayHang && performance.now() < this.#nextLook;
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
   * To be called before writing, and before anything is asked: opens what could not be opened yet. A file that somebody
   * deleted is begun anew, folder included, with what came since the last look; one that was cut off is gone on with
   * where it ends.
   * @param isFailing the file cannot be written: should its name be another file's or nobody's by now, as when a file system was
   *   mounted anew, that one is gone on with
   * @throws VirError NONE/SYSTEM_ERROR; nothing is lost, call again
   */
  async check(isFailing = false): Promise<void> {
    const time = performance.now();
    if (this.#file && time < this.#nextLook && !isFailing) return;
    try {
      this.#file = await this.#look(isFailing);
    } catch (error) {
      if (error instanceof VirError) throw error;
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to stat file: ${this.path}`);
    }
    this.#sure = this.#file.offset;
    this.#nextLook = time + lookMs;
  }

  /** Somebody wrote `bytes` at `offset`. */
  async advance(bytes: number): Promise<void> {
    const file = this.#opened;
    const { offset } = file;
    file.offset += bytes;
    await file.index?.note(offset, this.#now());
  }

  /** What comes next is the first of its kind. */
  async mark(kind: IndexKind): Promise<void> {
    const file = this.#opened;
    await file.index?.mark(kind, file.offset, this.#now());
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
  async append(data: Uint8Array): Promise<void> {
    await this.check();
    let rest = data;
    while (rest.length > 0) {
      const { room } = this;
      if (room === 0) {
        await this.rotate();
        continue;
      }
      if (rest.length <= room) {
        await this.#write(rest);
        return;
      }
      const search = RotatingFile.searchBytes(room);
      const keep = room - search + RotatingFile.cut(rest.subarray(room - search, room));
      await this.#write(rest.subarray(0, keep));
      rest = rest.subarray(keep);
      await this.rotate();
    }
  }

  /** One write of what fits in any case. @returns bytes written. @throws VirError NONE/SYSTEM_ERROR: none were */
  async writeSome(data: Uint8Array): Promise<number> {
    const { fd, offset, calls } = this.#opened;
    let written: number;
    try {
      written = await calls.write(fd, data, offset);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to write to file '${this.path}'`);
    }
    await this.advance(written);
    return written;
  }

  /**
   * Renames the file to `.0`, `.0` to `.1` and so on, and begins a new one. When that fails, writing may go on in
   * the old file and the next call tries again; backups move only while the path still names our file.
   */
  async rotate(): Promise<void> {
    this.#nextLook = 0;
    await this.check();
    const old = this.#opened;
    const { calls } = old;
    try {
      if ((await calls.stat(this.path))?.ino === old.inode)
        await moveBackups(this.path, await this.#rules(calls), calls);
      await this.#makeFolder(calls);
    } catch (error) {
      if (error instanceof VirError) throw error;
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to rotate file '${this.path}'`);
    }
    this.#file = await this.#openFile();
    this.#sure = this.#file.offset;
    await close(old);
    this.#onRotate();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file) await close(file);
  }

  get #opened(): OpenFile {
    if (!this.#file) throw new Error("check() opens the file or throws");
    return this.#file;
  }

  async #write(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; ) done += await this.writeSome(data.subarray(done));
  }

  /** Compressed backups there may be if they are made, or were there when we first looked. */
  async #rules(calls: FileCalls): Promise<BackupRules> {
    const { maxBackups } = this.#limits;
    if (this.#hasCompressed === undefined) {
      this.#hasCompressed = false;
      for (const name of backupNames(this.path, maxBackups))
        this.#hasCompressed ||= (await calls.stat(compressedName(name))) !== undefined;
    }
    return { maxBackups, compressed: this.#hasCompressed };
  }

  async #removeAll(): Promise<void> {
    const calls = await this.#places.callsFor(this.path);
    try {
      const rules = await this.#rules(calls);
      for (const name of [this.path, ...backupNames(this.path, rules.maxBackups)])
        await removeBackup(name, rules, calls);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to delete file '${this.path}'`);
    }
  }

  async #openFile(): Promise<OpenFile> {
    try {
      const { fd, calls } = await this.#openNamed();
      let isTaken = false;
      try {
        const stat = await calls.fstat(fd);
        const { ino: inode } = stat;
        const offset = Number(stat.size);
        if (offset === 0 && (await this.#isOrigin(inode, calls))) {
          await calls.unlink(this.path); // and stays open meanwhile: the file system gives no number away twice
          return await this.#openFile();
        }
        const rebuilt = () => this.#rebuilt(fd, offset, Number(stat.birthtimeMs), calls);
        const log = { path: this.path, inode, size: offset, calls, rebuilt };
        const index = stat.isFile() ? await LogIndex.open(log) : undefined;
        isTaken = true;
        return { fd, inode, offset, calls, ended: false, index };
      } finally {
        if (!isTaken) await calls.close(fd);
      }
    } catch (error) {
      if (error instanceof VirError) throw error;
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to open file: ${this.path}`);
    }
  }

  async #openNamed(): Promise<{ fd: number; calls: FileCalls }> {
    const flags = constants.O_RDWR | constants.O_CREAT;
    const calls = await this.#places.callsFor(this.path);
    try {
      return { fd: await calls.open(this.path, flags), calls };
    } catch (error) {
      if (errnoOf(error) !== eloop) throw error;
      const pooled = this.#places.pooledFor(this.path); // follows links
      return { fd: await pooled.open(this.path, flags), calls: pooled };
    }
  }

  /** Whether positions name a compressed backup by this inode: no new file may have it. */
  async #isOrigin(inode: bigint, calls: FileCalls): Promise<boolean> {
    if (!this.#hasCompressed) return false;
    return (await originsOf(this.path, this.#limits.maxBackups, calls)).has(inode);
  }

  async #rebuilt(fd: number, size: number, madeAt: number, calls: FileCalls) {
    const bytes = Buffer.alloc(size > maxScanBytes ? 0 : size);
    const length = await calls.read(fd, bytes, 0);
    return indexOfText(bytes.toString("latin1", 0, length), { madeAt, isFirst: false });
  }

  /** Whether the former process was about to rotate: it had cut the file at a line end. */
  async #wasEnded({ fd, offset, calls }: OpenFile): Promise<boolean> {
    const room = this.#limits.maxSize - offset;
    if (room <= 0 || room >= lineSearchBytes || offset === 0) return false;
    const last = Buffer.alloc(1);
    return (await calls.read(fd, last, offset - 1)) === 1 && last[0] === newline;
  }

  /** @throws VirError, or Error of node:fs */
  async #look(isFailing: boolean): Promise<OpenFile> {
    const file = this.#file;
    if (!file) return this.#resume();
    const { calls } = file;
    const { nlink, size, dev } = await calls.fstat(file.fd);
    if (nlink === 0n) return this.#beginAnew(file);
    if (isFailing) {
      const there = await calls.stat(this.path);
      if (there?.ino !== file.inode || there.dev !== dev) {
        const other = await this.#resume();
        await close(file);
        return other;
      }
    }
    return size < file.offset ? this.#goOnAt(file, Number(size)) : file;
  }

  /** Goes on with what the path names, a file that was perhaps written by a process before us. */
  async #resume(): Promise<OpenFile> {
    const calls = await this.#places.callsFor(this.path);
    await this.#makeFolder(calls);
    const file = await this.#openFile();
    if (file.offset === 0 && (await this.#isFirst(calls))) await file.index?.mark("session", 0, this.#now());
    return { ...file, ended: await this.#wasEnded(file) };
  }

  /** An empty log without backups is that of a guest which has not written yet: the former process ended before its first byte. */
  async #isFirst(calls: FileCalls): Promise<boolean> {
    const newest = `${this.path}.0`;
    return !(await calls.stat(newest)) && !(await calls.stat(compressedName(newest)));
  }

  /** Somebody cut the file off. */
  async #goOnAt(file: OpenFile, size: number): Promise<OpenFile> {
    await file.index?.close();
    const { inode, calls } = file;
    const index =
      file.index && (await LogIndex.open({ path: this.path, inode, size, calls, rebuilt: async () => [] }));
    return { ...file, offset: size, ended: false, index };
  }

  /** The file has no name any more. */
  async #beginAnew(old: OpenFile): Promise<OpenFile> {
    await this.#makeFolder(old.calls);
    const file = await this.#openFile();
    try {
      file.offset = await copy(old, this.#sure, file);
    } catch (error) {
      await file.calls.truncate(file.fd, file.offset);
      await close(file);
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to write to file '${this.path}'`);
    }
    await close(old);
    return file;
  }

  /** Somebody may have deleted it. */
  async #makeFolder(calls: FileCalls): Promise<void> {
    const folder = dirname(this.path);
    try {
      await calls.makeFolder(folder);
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to create directory '${folder}'`);
    }
  }
}

async function close({ fd, index, calls }: OpenFile): Promise<void> {
  await calls.close(fd);
  await index?.close();
}

/** @param start where `from` is copied from @returns where `to` ends then */
async function copy(from: OpenFile, start: number, to: OpenFile): Promise<number> {
  const buffer = Buffer.alloc(copyBytes);
  let { offset } = to;
  for (let at = start; at < from.offset; ) {
    const part = buffer.subarray(0, Math.min(buffer.length, from.offset - at));
    const count = await from.calls.read(from.fd, part, at);
    if (count === 0) break; // somebody truncated it as well
    for (let done = 0; done < count; )
      done += await to.calls.write(to.fd, part.subarray(done, count), offset + done);
    at += count;
    offset += count;
  }
  return offset;
}
