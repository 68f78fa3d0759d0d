import { strerror, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { HANGUP, type Native, type Poll, READABLE, SPLICE_F_NONBLOCK } from "@libvirt-ts/native";
import type { FilePlaces } from "./file-places.ts";
import { RotatingFile } from "./rotating-file.ts";
import type { ScratchPipe } from "./scratch-pipe.ts";

/** What moves bytes needs of the world. */
export interface PipeHost {
  readonly native: Native;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  now(): number;
  /** A pipe for looking at bytes without taking them. */
  readonly scratch: ScratchPipe;
  /** How files are reached; default: all are on this host's disks. */
  readonly places?: FilePlaces;
}

/** What there is to know of a pipe as it happens. */
export interface PipeEvents {
  /** Bytes went into the file. */
  data(): void;
  /** So many bytes are dropped and not yet told of in the log. */
  dropped(bytes: number): void;
  /** The file cannot be written; undefined: it can again. */
  problem(reason: string | undefined): void;
  /** No writer is left and every byte is in the file (or given up); the pipe is closed next. */
  end(): void;
}

const eagain = -11;
const einval = -22;
/** Bytes moved before other work gets its turn. */
const turnBytes = 4 * 1024 * 1024;
/** After a move smaller than this the pipe is taken for empty: if it is not, we are told again. */
const smallBytes = 64 * 1024;
/** How often a log that cannot be written is tried again. */
const retryMs = 250;
/** How long a file server may take before the guest's output is dropped rather than the guest held up. */
const patienceMs = 2000;
const noAnswer = "its file system does not answer";

export interface LogPipeOptions {
  readonly file: RotatingFile;
  /** The read end, non-blocking; owned from now on. */
  readonly fd: number;
  /** Of the pipe, bytes. */
  readonly capacity: number;
  /** Bytes dropped before, and not told of yet. */
  readonly dropped?: number;
  readonly host: PipeHost;
  readonly on: PipeEvents;
  /** Runs a task when nobody else works on the files of the log. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Whether somebody does. */
  readonly isBusy: () => boolean;
}

/**
 * Carries a guest's output from its pipe into its log file, in the kernel: no byte is ever only in our memory.
 *
 * When the file cannot be written (disk full), bytes wait in the pipe. So that the guest never blocks for good,
 * the oldest ones are dropped once the pipe is half full and a second try has failed; a line in the log says how many when
 * writing works again.
 *
 * The kernel holds the pipe while it splices, and with it the guest that writes. Where a file server may keep us waiting,
 * bytes are therefore copied, and leave the pipe when they are in the file.
 */
export class LogPipe {
  readonly file: RotatingFile;
  readonly fd: number;
  readonly #host: PipeHost;
  readonly #poll: Poll;
  readonly #capacity: number;
  readonly #on: PipeEvents;
  readonly #inTurn: LogPipeOptions["inTurn"];
  readonly #isBusy: LogPipeOptions["isBusy"];
  #retry: NodeJS.Timeout | undefined;
  /** Bytes dropped and not yet told about in the log. */
  #dropped: number;
  #problem: string | undefined;
  /** The problem was there at a second try, too. */
  #hasLasted = false;
  #writersGone = false;
  /** The file system of the log cannot splice. */
  #copies = false;
  /** Bytes at the head of the pipe that are being copied, and how many of them had to leave it meanwhile. */
  #copying = { length: 0, left: 0 };
  /** A move runs or waits for its turn. */
  #isMoving = false;
  /** What is polled for is not what it should be once that has ended. */
  #isUnwatched = false;
  #isSuspended = false;
  #closed = false;

  constructor(o: LogPipeOptions) {
    this.file = o.file;
    this.fd = o.fd;
    this.#host = o.host;
    this.#capacity = o.capacity;
    this.#dropped = o.dropped ?? 0;
    this.#on = o.on;
    this.#inTurn = o.inTurn;
    this.#isBusy = o.isBusy;
    this.#poll = new o.host.native.Poll(o.fd);
    this.#watch();
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Why the file cannot be written now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Moves what is in the pipe now into the file; not what a busy guest adds meanwhile. To be called in turn. */
  async drain(): Promise<void> {
    if (this.#closed) return;
    const waiting = this.#host.native.pipeBytes(this.fd);
    if (waiting > 0) await this.#move(waiting, 0);
  }

  /** Moves no more; bytes wait in the pipe. */
  suspend(): void {
    this.#isSuspended = true;
    this.#poll.stop();
    clearTimeout(this.#retry);
  }

  resume(): void {
    this.#isSuspended = false;
    this.#watch();
  }

  /** Moves what is there and lets go: whoever keeps the pipe goes on. To be called in turn. */
  async close(): Promise<void> {
    await this.drain();
    await this.#release();
  }

  #watch(): void {
    this.#isUnwatched = false;
    if (this.#isSuspended || this.#closed) return;
    if (this.#problem !== undefined) this.#waitFailing();
    else this.#poll.start(READABLE, () => this.#movedAtOnce() || void this.#moveInTurn());
  }

  /**
   * The usual case, without a promise: little has come, and it goes into a file of this host that has room.
   * @returns false: not the usual case, or there is more
   */
  #movedAtOnce(): boolean {
    if (this.#problem !== undefined || this.#dropped > 0 || this.#copies || this.#isBusy()) return false;
    const { file } = this;
    if (!file.isReady) return false;
    const { native } = this.#host;
    const length = Math.min(this.#capacity, file.room - RotatingFile.searchBytes(file.room));
    if (length < smallBytes) return false;
    const moved = native.splice(this.fd, null, file.fd, file.offset, length, SPLICE_F_NONBLOCK);
    if (moved === eagain) return true;
    if (moved <= 0) return false; // is met again, where it is dealt with
    void file.advance(moved); // ends before anything else happens: calls are direct
    this.#on.data();
    return moved < smallBytes;
  }

  async #moveInTurn(): Promise<void> {
    if (this.#isMoving) {
      this.#poll.stop(); // readable is no news until that has ended
      this.#isUnwatched = true;
      return;
    }
    this.#isMoving = true;
    const late = this.file.mayHang ? setTimeout(() => this.#tooLate(), patienceMs) : undefined;
    try {
      await this.#inTurn(() => this.#move(turnBytes, smallBytes));
    } finally {
      clearTimeout(late);
      this.#isMoving = false;
    }
    if (this.#isUnwatched) this.#watch();
  }

  /** Watches for something else, at the latest when the move that runs has ended. */
  #watchAnew(): void {
    if (this.#isMoving) this.#isUnwatched = true;
    else this.#watch();
  }

  /** @param small stops after moving fewer bytes at once */
  async #move(limit: number, small: number): Promise<void> {
    if (this.#closed) return;
    let total = 0;
    try {
      await this.file.check(this.#problem !== undefined);
      if (this.#dropped > 0) await this.#tellDropped();
      for (let moved = small; total < limit && moved >= small; total += moved) {
        moved = await this.#moveSome();
        if (moved === eagain) break;
        if (moved === 0) {
          await this.#end();
          return;
        }
      }
    } catch (error) {
      if (total > 0) this.#on.data();
      await this.#fail(error);
      return;
    }
    if (this.#problem !== undefined) this.#recover();
    if (total > 0) this.#on.data();
  }

  /** @returns bytes moved, 0 at the end of the pipe, or -EAGAIN. @throws VirError when the file cannot be written */
  async #moveSome(): Promise<number> {
    const { file } = this;
    const { native, scratch } = this.#host;
    if (file.room >= this.#capacity) return this.#splice(this.#capacity); // more than that cannot come
    const waiting = native.pipeBytes(this.fd);
    if (file.room === 0 && waiting > 0) await file.rotate();
    const { room } = file;
    if (waiting <= room) return this.#splice(Math.max(waiting, 1));
    const search = RotatingFile.searchBytes(room);
    if (room > search) return this.#splice(room - search);
    const tail = scratch.peek(this.fd, search);
    if (!tail?.length) return tail ? 0 : eagain;
    const keep = RotatingFile.cut(tail);
    const moved = await this.#splice(keep);
    if (moved === keep) await file.rotate();
    return moved;
  }

  async #splice(length: number): Promise<number> {
    const { file } = this;
    if (this.#copies || file.mayHang) return this.#copy(length);
    const moved = this.#host.native.splice(this.fd, null, file.fd, file.offset, length, SPLICE_F_NONBLOCK);
    if (moved === einval) {
      this.#copies = true;
      return this.#copy(length);
    }
    if (moved < 0 && moved !== eagain) throw new WriteProblem(-moved);
    if (moved > 0) await file.advance(moved);
    return moved;
  }

  /** As `#splice`, through a copy; bytes leave the pipe only when they are in the file, unless that takes too long. */
  async #copy(length: number): Promise<number> {
    const { scratch } = this.#host;
    const head = scratch.peek(this.fd, length);
    if (head === undefined) return eagain;
    if (head.length === 0) return 0;
    const bytes = Buffer.from(head); // others look into pipes, too, while this is written
    this.#copying = { length: bytes.length, left: 0 };
    let written = 0;
    try {
      written = await this.file.writeSome(bytes);
      return written;
    } finally {
      const { left } = this.#copying;
      this.#copying = { length: 0, left: 0 };
      if (left > written) this.#dropped += left - written;
      if (left > 0) this.#on.dropped(this.#dropped);
      scratch.discard(this.fd, Math.max(0, written - left));
    }
  }

  async #fail(error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.#hasLasted = this.#problem !== undefined; // what passes by itself costs nothing
    this.#tellProblem(reason);
    if (this.#writersGone) {
      const bytes = this.#host.native.pipeBytes(this.fd) + this.#dropped;
      this.#host.log.error({ path: this.file.path, reason, bytes }, "end of a guest's output is lost");
      await this.#end();
      return;
    }
    if (this.#hasLasted) this.#makeRoom();
    this.#watchAnew();
  }

  #tellProblem(reason: string): void {
    if (this.#problem !== undefined) return;
    this.#problem = reason;
    this.#host.log.warn(
      { path: this.file.path, reason },
      "log cannot be written, oldest output will be dropped",
    );
    this.#on.problem(reason);
  }

  /** A call still runs: the guest must not wait for it. */
  #tooLate(): void {
    if (!this.#isMoving || this.#closed) return;
    this.#tellProblem(noAnswer);
    this.#makeRoom();
    setTimeout(() => this.#tooLate(), retryMs).unref();
  }

  /** Looks again after a while, or for the last time when the last writer goes; readable is no news. */
  #waitFailing(): void {
    this.#poll.start(HANGUP, () => {
      this.#writersGone = true;
      this.#poll.stop();
      if (this.#hasLasted) void this.#moveInTurn();
    });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#moveInTurn(), retryMs);
  }

  /** Half of the pipe is the guest's to write into until we look again. */
  #makeRoom(): void {
    const { native, scratch } = this.#host;
    const tooMuch = native.pipeBytes(this.fd) - this.#capacity / 2;
    if (tooMuch <= 0) return;
    const { length, left } = this.#copying;
    const copied = Math.min(tooMuch, length - left); // may be written yet
    this.#copying = { length, left: left + copied };
    this.#dropped += tooMuch - copied;
    this.#on.dropped(this.#dropped + left + copied); // noted first: what is gone must be told of
    scratch.discard(this.fd, tooMuch);
  }

  #recover(): void {
    this.#problem = undefined;
    clearTimeout(this.#retry);
    this.#host.log.warn({ path: this.file.path }, "log can be written again");
    this.#on.problem(undefined);
    this.#watchAnew();
  }

  async #tellDropped(): Promise<void> {
    const time = new Date(this.#host.now()).toISOString().replace("T", " ").replace("Z", "+0000");
    const bytes = this.#dropped;
    await this.file.mark("dropped");
    await this.file.append(Buffer.from(`\n${time}: virtlogd: ${bytes} bytes of output dropped\n`));
    this.#dropped -= bytes; // more may have been dropped meanwhile
    this.#on.dropped(this.#dropped);
  }

  async #end(): Promise<void> {
    this.#on.end();
    await this.#release();
  }

  async #release(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#poll.close();
    this.#host.native.close(this.fd);
    await this.file.close();
  }
}

class WriteProblem extends Error {
  constructor(errno: number) {
    super(strerror(errno));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof WriteProblem || error instanceof VirError) return error.message;
  throw error;
}
