import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileCalls, Maybe } from "./file-calls.ts";

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

/** A log whose index is written. */
export interface IndexedLog {
  readonly path: string;
  readonly inode: bigint;
  /** Bytes in it. */
  readonly size: number;
  readonly calls: FileCalls;
  /** What is known of it without index. */
  rebuilt(): Promise<readonly IndexRecord[]>;
}

/**
 * Says when the bytes of a log came and where a guest's life begins; the log itself is nothing but what the guest wrote.
 * Never in the way of the log: what cannot be written is left out, and times are then told less exactly. There is none
 * before the first byte.
 */
export class LogIndex {
  readonly #path: string;
  readonly #inode: bigint;
  readonly #calls: FileCalls;
  #fd: number | undefined;
  /** Where the next record goes; 0 = the header is not written. */
  #end = 0;
  #lastTime = 0;
  /** To be written together with the next bytes' record. */
  #waiting: IndexRecord[] = [];

  private constructor({ path, inode, calls }: IndexedLog) {
    this.#path = indexPath(path);
    this.#inode = inode;
    this.#calls = calls;
  }

  /** Goes on with an index, or begins anew when it is missing, damaged or another file's. */
  static async open(log: IndexedLog): Promise<LogIndex> {
    const index = new LogIndex(log);
    if (log.size > 0) await index.#goOn(log);
    return index;
  }

  /** Bytes come at `offset`. */
  note(offset: number, time: number): Maybe<void> {
    const last = this.#waiting.at(-1)?.time ?? this.#lastTime;
    if (time - last >= graceMs || time < last) this.#waiting.push({ kind: "flush", offset, time });
    return this.#waiting.length > 0 ? this.#write() : undefined;
  }

  /** Written with the first bytes, if there are none before it. */
  mark(kind: IndexKind, offset: number, time: number): Maybe<void> {
    this.#waiting.push({ kind, offset, time });
    return this.#fd === undefined ? undefined : this.#write();
  }

  async close(): Promise<void> {
    if (this.#fd !== undefined) await this.#calls.close(this.#fd);
  }

  async #goOn(log: IndexedLog): Promise<void> {
    const found = await readIndex(log);
    const records = found ?? (await log.rebuilt());
    this.#lastTime = records.at(-1)?.time ?? 0;
    if (!found) {
      this.#waiting = [...records];
      await this.#write();
      return;
    }
    const end = headerBytes + records.length * recordBytes;
    try {
      this.#fd = await this.#calls.open(this.#path, constants.O_WRONLY);
      await this.#calls.truncate(this.#fd, end); // half a record, or records of bytes that are gone
      this.#end = end;
    } catch (error) {
      noIndex(error);
    }
  }

  /** Marks that could not be written are tried again. */
  async #write(): Promise<void> {
    const records = this.#waiting;
    this.#waiting = [];
    this.#lastTime = records.at(-1)?.time ?? this.#lastTime;
    if (await this.#append(records)) return;
    this.#waiting = records.filter(({ kind }) => kind !== "flush");
  }

  async #append(records: readonly IndexRecord[]): Promise<boolean> {
    const isNew = this.#end === 0;
    const parts = records.map(encode);
    const bytes = Buffer.concat(isNew ? [header(this.#inode), ...parts] : parts);
    try {
      this.#fd ??= await this.#calls.open(
        this.#path,
        constants.O_WRONLY | constants.O_CREAT | (isNew ? constants.O_TRUNC : 0),
      );
      if ((await this.#calls.write(this.#fd, bytes, this.#end)) < bytes.length) return false; // written over next time
      this.#end += bytes.length;
      return true;
    } catch (error) {
      noIndex(error);
      return false;
    }
  }
}

/** @returns undefined when there is none, or none that fits; what lies beyond the log is not believed */
async function readIndex({
  path,
  inode,
  size,
  calls,
}: IndexedLog): Promise<readonly IndexRecord[] | undefined> {
  const reader = await IndexReader.open(path, inode, calls);
  const isSound = await reader?.refresh();
  await reader?.close();
  return isSound ? reader?.records.filter(({ offset }) => offset <= size) : undefined;
}

/** Reads an index while it grows. */
export class IndexReader {
  readonly records: IndexRecord[] = [];
  readonly #fd: number;
  readonly #calls: FileCalls;

  private constructor(fd: number, calls: FileCalls) {
    this.#fd = fd;
    this.#calls = calls;
  }

  /** @param path of the log @returns undefined when there is no index that is the log's */
  static async open(path: string, inode: bigint, calls: FileCalls): Promise<IndexReader | undefined> {
    let fd: number | undefined;
    try {
      fd = await calls.open(indexPath(path), constants.O_RDONLY);
      const head = Buffer.alloc(headerBytes);
      await calls.read(fd, head, 0);
      if (head.equals(header(inode))) return new IndexReader(fd, calls);
    } catch (error) {
      noIndex(error);
    }
    if (fd !== undefined) await calls.close(fd);
    return undefined;
  }

  /** @returns whether all of it makes sense */
  async refresh(): Promise<boolean> {
    const start = headerBytes + this.records.length * recordBytes;
    const { size } = await this.#calls.fstat(this.#fd);
    if (Number(size) < start + recordBytes) return true;
    const bytes = Buffer.alloc(Number(size) - start);
    const length = await this.#calls.read(this.#fd, bytes, start);
    let last = this.records.at(-1)?.offset ?? 0;
    for (let at = 0; at + recordBytes <= length; at += recordBytes) {
      const record = decode(bytes, at);
      if (!record || record.offset < last) return false;
      last = record.offset;
      this.records.push(record);
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#calls.close(this.#fd);
  }
}

/** An index follows its log; what goes wrong makes it one that does not fit. */
export async function moveIndex(from: string, to: string, calls: FileCalls): Promise<void> {
  try {
    await calls.rename(indexPath(from), indexPath(to));
  } catch (error) {
    noIndex(error);
  }
}

export async function removeIndex(path: string, calls: FileCalls): Promise<void> {
  try {
    await calls.unlink(indexPath(path));
  } catch (error) {
    noIndex(error);
  }
}

const startLine =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\+0000: (?:starting up|virtlogd: \d+ bytes of output dropped)/gm;

/** A log without index is looked through up to this size. */
export const maxScanBytes = 16 * 1024 * 1024;

/** What is known of a log without index. */
export interface Unindexed {
  /** When the file was made. */
  readonly madeAt: number;
  /** Nothing came before it: it begins with the start of a guest. */
  readonly isFirst: boolean;
}

/**
 * What a log says by itself: when the file was made, and the lines libvirt writes at the start of a guest.
 * @param text its bytes, as latin1
 */
export function indexOfText(text: string, { madeAt, isFirst }: Unindexed): IndexRecord[] {
  const kind = isFirst ? "session" : "flush";
  const records: IndexRecord[] = [{ kind, offset: 0, time: Math.floor(madeAt) }];
  for (const { index, 0: line, 1: day, 2: clock } of text.matchAll(startLine)) {
    const time = Date.parse(`${day}T${clock}Z`);
    if (Number.isNaN(time)) continue;
    if (index === 0) records.pop();
    records.push({ kind: line.endsWith("dropped") ? "dropped" : "session", offset: index, time });
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
function noIndex(error: unknown): void {
  if (!(error instanceof Error && "errno" in error)) throw error;
}
