import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** What the byte at an offset of a log is the first of. */
export type IndexKind = "flush" | "session" | "dropped";

/** From this offset on (until the next record's) bytes came at this time. */
export interface IndexRecord {
  readonly kind: IndexKind;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const kinds = ["flush", "session", "dropped"] as const satisfies readonly IndexKind[];

const magic = Buffer.from("lvlogix1");
/** Magic, and the inode of the log (u64, big-endian): files are moved one after the other. */
const headerBytes = 16;
/** Kind (u8), offset (u40), time (u48), big-endian. */
const recordBytes = 12;
const maxOffset = 2 ** 40;
/** Times are told this exactly. */
const graceMs = 50;

/** Where the index of a log lies: hidden, beside it. */
export function indexPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.idx`);
}

/** The log that a file of this name is the index of, if it is one. */
export function indexedLog(name: string): string | undefined {
  return /^\.(.+\.log(?:\.\d+)?)\.idx$/.exec(name)?.[1];
}

/**
 * Says when the bytes of a log came and where a guest's life begins; the log itself is nothing but what the guest wrote.
 * Never in the way of the log: what cannot be written is left out, and times are then told less exactly.
 */
export class LogIndex {
  readonly #fd: number;
  #end: number;
  #lastTime = 0;

  private constructor(fd: number, end: number, lastTime: number) {
    this.#fd = fd;
    this.#end = end;
    this.#lastTime = lastTime;
  }

  /**
   * Goes on with an index, or begins anew when it is missing, damaged or another file's.
   * @param size of the log
   * @param rebuilt what is known of a log without index
   * @returns undefined when there can be none
   */
  static open(
    path: string,
    inode: bigint,
    size: number,
    rebuilt: () => readonly IndexRecord[],
  ): LogIndex | undefined {
    const file = indexPath(path);
    const found = size === 0 ? undefined : readIndex(path, inode, size);
    const records = found ?? rebuilt();
    let fd: number | undefined;
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | (found ? 0 : constants.O_TRUNC);
      fd = openSync(file, flags, 0o600);
      const end = headerBytes + records.length * recordBytes;
      if (found)
        ftruncateSync(fd, end); // half a record, or records of bytes that are gone
      else writeSync(fd, Buffer.concat([header(inode), ...records.map(encode)]), 0, end, 0);
      return new LogIndex(fd, end, records.at(-1)?.time ?? 0);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      return noIndex(error);
    }
  }

  /** Bytes come at `offset`. */
  note(offset: number, time: number): void {
    if (time - this.#lastTime >= graceMs || time < this.#lastTime)
      this.#append({ kind: "flush", offset, time });
  }

  mark(kind: IndexKind, offset: number, time: number): void {
    this.#append({ kind, offset, time });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(record: IndexRecord): void {
    try {
      writeSync(this.#fd, encode(record), 0, recordBytes, this.#end);
      this.#end += recordBytes;
      this.#lastTime = record.time;
    } catch (error) {
      noIndex(error); // no room: what was half written is written over next time
    }
  }
}

/**
 * @param size of the log: what lies beyond is not believed
 * @returns undefined when there is none, or none that fits
 */
export function readIndex(path: string, inode: bigint, size: number): readonly IndexRecord[] | undefined {
  const reader = IndexReader.open(path, inode);
  const isSound = reader?.refresh();
  reader?.close();
  return isSound ? reader?.records.filter(({ offset }) => offset <= size) : undefined;
}

/** Reads an index while it grows. */
export class IndexReader {
  readonly records: IndexRecord[] = [];
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** @param path of the log @returns undefined when there is no index that is the log's */
  static open(path: string, inode: bigint): IndexReader | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(indexPath(path), "r");
      const head = Buffer.alloc(headerBytes);
      readSync(fd, head, 0, headerBytes, 0);
      if (head.equals(header(inode))) return new IndexReader(fd);
      closeSync(fd);
      return undefined;
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      return noIndex(error);
    }
  }

  /** @returns whether all of it makes sense */
  refresh(): boolean {
    const start = headerBytes + this.records.length * recordBytes;
    const bytes = Buffer.alloc(Math.max(0, fstatSync(this.#fd).size - start));
    const length = readSync(this.#fd, bytes, 0, bytes.length, start);
    let last = this.records.at(-1)?.offset ?? 0;
    for (let at = 0; at + recordBytes <= length; at += recordBytes) {
      const record = decode(bytes, at);
      if (!record || record.offset < last) return false;
      last = record.offset;
      this.records.push(record);
    }
    return true;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** An index follows its log; what goes wrong makes it one that does not fit. */
export function moveIndex(from: string, to: string): void {
  try {
    renameSync(indexPath(from), indexPath(to));
  } catch (error) {
    noIndex(error);
  }
}

export function removeIndex(path: string): void {
  try {
    unlinkSync(indexPath(path));
  } catch (error) {
    noIndex(error);
  }
}

const startLine =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\+0000: (?:starting up|virtlogd: \d+ bytes of output dropped)/gm;

/** A log without index is looked through up to this size. */
const maxScanBytes = 16 * 1024 * 1024;

/** What is known of a log without index; see `indexOfText`. */
export function rebuiltIndex(fd: number, size: number, madeAt: number): IndexRecord[] {
  const bytes = Buffer.alloc(size > maxScanBytes ? 0 : size);
  return indexOfText(bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0)), madeAt);
}

/**
 * What a log says by itself: when the file was made, and the lines libvirt writes at the start of a guest.
 * @param text its bytes, as latin1
 */
export function indexOfText(text: string, madeAt: number): IndexRecord[] {
  const records: IndexRecord[] = [{ kind: "flush", offset: 0, time: Math.floor(madeAt) }];
  for (const { index, 0: line, 1: day, 2: clock } of text.matchAll(startLine)) {
    const time = Date.parse(`${day}T${clock}Z`);
    const kind = line.endsWith("dropped") ? "dropped" : "session";
    if (Number.isNaN(time)) continue;
    if (index === 0) records.pop();
    records.push({ kind, offset: index, time });
  }
  return records;
}

function header(inode: bigint): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  magic.copy(bytes);
  bytes.writeBigUInt64BE(inode, magic.length);
  return bytes;
}

function encode({ kind, offset, time }: IndexRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes);
  bytes.writeUInt8(kinds.indexOf(kind), 0);
  bytes.writeUIntBE(Math.min(offset, maxOffset - 1), 1, 5);
  bytes.writeUIntBE(time, 6, 6);
  return bytes;
}

function decode(bytes: Buffer, at: number): IndexRecord | undefined {
  const kind = kinds[bytes.readUInt8(at)];
  return kind && { kind, offset: bytes.readUIntBE(at + 1, 5), time: bytes.readUIntBE(at + 6, 6) };
}

/** Goes on without. @throws what is no error of node:fs */
function noIndex(error: unknown): undefined {
  if (error instanceof Error && "errno" in error) return undefined;
  throw error;
}
