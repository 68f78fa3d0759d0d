import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoName } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { backupNames } from "./backups.ts";
import { errnoOf, isMissing, type PooledCalls } from "./file-calls.ts";
import type { FilePlaces } from "./file-places.ts";
import { blockBytes, compressedName, type Origin, packBlock } from "./gzip-file.ts";

export interface PackerOptions {
  readonly places: FilePlaces;
  readonly maxBackups: number;
  /** Runs a task when nobody else works on the files of the log. */
  readonly inTurn: (path: string, task: () => Promise<void>) => Promise<void>;
  readonly log: Logger;
  /** Longest rest behind a block, so that a busy machine does not put it off for ever; default 200. */
  readonly maxRestMs?: number;
}

/** Packing takes one part of the time of one processor, and leaves so many others free. */
const restPerWork = 3;

/**
 * Compresses the backups of logs, one at a time, in the thread pool and slowly: guests and readers go first. Written aside, synced, and
 * put in place by rename; only then the plain one goes. Where a process was killed in between, both are there: the plain one
 * counts, and is compressed again. Readers hold what they read, and positions go on to name the plain one.
 */
export class BackupPacker {
  readonly #o: PackerOptions;
  readonly #paths = new Set<string>();
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: PackerOptions) {
    this.#o = options;
  }

  /** A log may have backups that are not compressed. */
  add(path: string): void {
    this.#paths.add(path);
    if (!this.#stopping.signal.aborted) this.#running ??= this.#run();
  }

  /** Resolves when there is nothing left to do. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Stops before the next block. @returns when files are left alone */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Goes on after a stop. */
  start(): void {
    this.#stopping = new AbortController();
    if (this.#paths.size > 0) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let [path] = this.#paths; path !== undefined; [path] = this.#paths) {
      this.#paths.delete(path);
      try {
        await this.#packAll(path);
      } catch (error) {
        if (this.#stopping.signal.aborted) {
          this.#paths.add(path);
          break;
        }
        const reason = errnoName(errnoOf(error));
        this.#o.log.warn({ path, reason }, "backups of a log are not compressed");
      }
    }
    this.#running = undefined;
  }

  async #packAll(path: string): Promise<void> {
    for (const name of backupNames(path, this.#o.maxBackups)) await this.#packOne(path, name);
  }

  async #packOne(path: string, name: string): Promise<void> {
    const calls = this.#o.places.pooledFor(path);
    let fd: number;
    try {
      fd = await calls.open(name, constants.O_RDONLY);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    try {
      const { ino: inode, size, mtime } = await calls.fstat(fd);
      const aside = join(dirname(path), `.${basename(path)}.packing`);
      const origin = { inode, size: Number(size) };
      if (!(await this.#pack(fd, aside, { origin, mtime, calls }))) return; // somebody cut it off: it stays as it is
      await this.#o.inTurn(path, () => this.#replace(path, aside, { inode, calls }));
    } finally {
      await calls.close(fd);
    }
  }

  async #pack(
    fd: number,
    aside: string,
    { origin, mtime, calls }: { origin: Origin; mtime: Date; calls: PooledCalls },
  ): Promise<boolean> {
    const block = Buffer.alloc(blockBytes);
    const to = await calls.open(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
    try {
      let end = 0;
      for (let at = 0; at < origin.size; at += blockBytes) {
        const start = performance.now();
        const wanted = block.subarray(0, Math.min(blockBytes, origin.size - at));
        if ((await readAll(fd, wanted, at, calls)) < wanted.length) return false;
        const member = await packBlock(wanted, origin);
        end += await writeAll(to, member, end, calls);
        const restMs = Math.min(this.#o.maxRestMs ?? 200, restPerWork * (performance.now() - start));
        await sleep(restMs, undefined, {
          signal: this.#stopping.signal,
          ref: false,
        });
      }
      await calls.touch(to, mtime);
      await calls.sync(to);
      return true;
    } finally {
      await calls.close(to);
    }
  }

  /** It may have rolled over meanwhile, also off the end. */
  async #replace(
    path: string,
    aside: string,
    { inode, calls }: { inode: bigint; calls: PooledCalls },
  ): Promise<void> {
    for (const name of backupNames(path, this.#o.maxBackups)) {
      if ((await calls.stat(name))?.ino !== inode) continue;
      await calls.rename(aside, compressedName(name));
      const folder = await calls.open(dirname(path), constants.O_RDONLY);
      await calls.sync(folder).finally(() => calls.close(folder));
      await calls.unlink(name);
      return;
    }
    await calls.unlink(aside);
  }
}

async function readAll(fd: number, into: Uint8Array, at: number, calls: PooledCalls): Promise<number> {
  let done = 0;
  for (let count = -1; count !== 0 && done < into.length; done += count)
    count = await calls.read(fd, into.subarray(done), at + done);
  return done;
}

async function writeAll(fd: number, bytes: Uint8Array, at: number, calls: PooledCalls): Promise<number> {
  for (let done = 0; done < bytes.length; ) done += await calls.write(fd, bytes.subarray(done), at + done);
  return bytes.length;
}
