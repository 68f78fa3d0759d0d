import { constants } from "node:fs";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { backupNames } from "./backups.ts";
import { errnoOf, isMissing, type PooledCalls } from "./file-calls.ts";
import type { FilePlaces } from "./file-places.ts";
import { compressedName, GzipReader, readOrigin } from "./gzip-file.ts";
import { IndexReader, type IndexRecord, indexOfText, maxScanBytes } from "./log-index.ts";

const enoent = 2;

/** A log and its backups, wherever they lie. */
export interface ChainOptions {
  readonly path: string;
  readonly maxBackups: number;
  readonly places: FilePlaces;
}

interface Place {
  readonly name: string;
  readonly names: readonly string[];
  readonly calls: PooledCalls;
}

interface Opened {
  readonly fd: number;
  /** The name it was opened by, and what that name stood for. */
  readonly openedAs: string;
  readonly ownInode: bigint;
  /** Of a compressed one, that of the file it was made from. */
  readonly inode: bigint;
  readonly packed: GzipReader | undefined;
}

/** A log or one of its backups, open for reading: it stays what it is whatever is renamed, compressed or deleted. */
export class ChainFile {
  /** The log's or backup's own name, also when it is compressed. */
  readonly path: string;
  readonly inode: bigint;
  /** Of all files of the log, newest first. */
  readonly #names: readonly string[];
  readonly #opened: Opened;
  readonly #calls: PooledCalls;
  /** Whether something older is kept. */
  isFirst = false;
  #size = 0;
  #index: IndexReader | undefined;
  /** What is known without an index. */
  #rebuilt: readonly IndexRecord[] = [];
  /** How often an index is looked for: it is begun with the first byte, or a moment later. */
  #looks = 5;

  private constructor({ name, names, calls }: Place, opened: Opened) {
    this.path = name;
    this.inode = opened.inode;
    this.#names = names;
    this.#opened = opened;
    this.#calls = calls;
  }

  /** @returns undefined when there is none. @throws Error of node:fs */
  static async open(place: Place): Promise<ChainFile | undefined> {
    const { name, calls } = place;
    const opened =
      (await openFile(name, calls, async (file) => ({ ...file, inode: file.ownInode, packed: undefined }))) ??
      (await openFile(compressedName(name), calls, async (file) => {
        const origin = await readOrigin(file.fd, calls);
        return origin && { ...file, inode: origin.inode, packed: new GzipReader(file.fd, origin, calls) };
      }));
    return opened && new ChainFile(place, opened);
  }

  /** Whether it surely has the name still by which it was opened: until now it was neither renamed nor compressed. */
  async isInPlace(): Promise<boolean> {
    const { openedAs, ownInode } = this.#opened;
    const there = await this.#calls.stat(openedAs).catch(() => undefined);
    return there?.ino === ownInode;
  }

  /** Bytes, as of the last `refresh`. */
  get size(): number {
    return this.#size;
  }

  /** When its bytes came, as far as was known at the last `refresh`. */
  get records(): readonly IndexRecord[] {
    const found = this.#index?.records ?? [];
    return found.length > 0 ? found : this.#rebuilt;
  }

  /** Looks how long it is now, and what its index says. @throws VirError NONE/SYSTEM_ERROR */
  refresh(): Promise<void> {
    return this.#guarded(() => this.#refresh());
  }

  /** @returns bytes read, fewer only at the end of what can be read. @throws VirError NONE/SYSTEM_ERROR */
  read(into: Uint8Array, at: number): Promise<number> {
    return this.#guarded(() => this.#read(into, at));
  }

  async close(): Promise<void> {
    await this.#calls.close(this.#opened.fd);
    await this.#index?.close();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to read from file '${this.path}'`);
    }
  }

  async #refresh(): Promise<void> {
    const { size, birthtimeMs } = await this.#calls.fstat(this.#opened.fd);
    this.#size = this.#opened.packed?.origin.size ?? Number(size);
    if (!this.#index && this.#looks > 0) {
      this.#index = await this.#findIndex();
      if (this.#size > 0) this.#looks -= 1;
    }
    if (this.#index && !(await this.#index.refresh())) {
      await this.#index.close();
      this.#index = undefined;
      this.#looks = 0;
    }
    if (this.records.length === 0) this.#rebuilt = await this.#rebuild(Number(birthtimeMs));
  }

  async #read(into: Uint8Array, at: number): Promise<number> {
    const { fd, packed } = this.#opened;
    let filled = 0;
    while (filled < into.length) {
      const rest = into.subarray(filled);
      const count = await (packed?.readAt(rest, at + filled) ?? this.#calls.read(fd, rest, at + filled));
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  /** It moves to higher names as the file does, a moment later. */
  async #findIndex(): Promise<IndexReader | undefined> {
    const own = this.#names.indexOf(this.path);
    for (const name of [this.path, ...this.#names.slice(Math.max(0, own - 1))]) {
      const index = await IndexReader.open(name, this.inode, this.#calls);
      if (index) return index;
    }
    return undefined;
  }

  async #rebuild(madeAt: number): Promise<IndexRecord[]> {
    const bytes = Buffer.alloc(this.#size > maxScanBytes ? 0 : this.#size);
    const length = await this.#read(bytes, 0);
    return indexOfText(bytes.toString("latin1", 0, length), { madeAt, isFirst: this.isFirst });
  }
}

/**
 * A log and its backups, oldest first. Names are looked at from the newest to the oldest: a file that rolls over or is
 * compressed meanwhile only moves to where is looked next, and is known by its inode when it is met twice.
 * @throws VirError NONE/SYSTEM_ERROR when there is none of them
 */
export async function openChain({ path, maxBackups, places }: ChainOptions): Promise<ChainFile[]> {
  const calls = places.pooledFor(path);
  const files: ChainFile[] = [];
  const names = [path, ...backupNames(path, maxBackups)];
  let name = path;
  try {
    /** The oldest one found so far has moved on; what is met until it is found again may be newer. */
    let isLost = false;
    for (let at = 0; at < names.length; at++) {
      name = names[at] ?? "";
      const file = await ChainFile.open({ name, names, calls });
      if (file === undefined) continue;
      const [oldest] = files;
      if (file.inode === oldest?.inode) {
        files[0] = file;
        await oldest.close();
        isLost = false;
      } else if (files.some(({ inode }) => inode === file.inode)) {
        await file.close(); // left where compressing was cut short
      } else if (oldest === undefined || (!isLost && (await oldest.isInPlace()))) {
        files.unshift(file);
      } else {
        await file.close();
        if (!isLost) at = names.indexOf(oldest.path) - 1;
        isLost = true;
      }
    }
    const [first] = files;
    if (first && files.length === 1) first.isFirst = first.path === path;
    for (const file of files) await file.refresh();
  } catch (error) {
    await closeAll(files);
    throw systemError(ErrorDomain.NONE, errnoOf(error), `Unable to open file: ${name}`);
  }
  if (files.length === 0) throw systemError(ErrorDomain.NONE, enoent, `Unable to open file: ${path}`);
  return files;
}

export async function closeAll(files: readonly ChainFile[]): Promise<void> {
  for (const file of files) await file.close();
}

/** @returns undefined when there is no such file, or none that `look` takes. @throws Error of node:fs */
async function openFile(
  path: string,
  calls: PooledCalls,
  look: (file: Pick<Opened, "fd" | "openedAs" | "ownInode">) => Promise<Opened | undefined>,
): Promise<Opened | undefined> {
  let fd: number;
  try {
    fd = await calls.open(path, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  let opened: Opened | undefined;
  try {
    opened = await look({ fd, openedAs: path, ownInode: (await calls.fstat(fd)).ino });
    return opened;
  } finally {
    if (!opened) await calls.close(fd);
  }
}
