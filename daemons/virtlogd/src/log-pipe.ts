import { strerror, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { HANGUP, type Native, type Poll, READABLE, SPLICE_F_NONBLOCK } from "@libvirt-ts/native";
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

/**
 * Carries a guest's output from its pipe into its log file, in the kernel: no byte is ever only in our memory.
 *
 * When the file cannot be written (disk full), bytes wait in the pipe. So that the guest never blocks for good,
 * the oldest ones are dropped once the pipe is half full; a line in the log says how many when writing works again.
 */
export class LogPipe {
  readonly file: RotatingFile;
  readonly fd: number;
  readonly #host: PipeHost;
  readonly #poll: Poll;
  readonly #capacity: number;
  readonly #on: PipeEvents;
  #retry: NodeJS.Timeout | undefined;
  /** Bytes dropped and not yet told about in the log. */
  #dropped: number;
  #problem: string | undefined;
  #writersGone = false;
  /** The file system of the log cannot splice. */
  #copies = false;
  #closed = false;

  /**
   * @param fd the read end, non-blocking; owned from now on
   * @param capacity of the pipe, bytes
   */
  constructor(o: {
    file: RotatingFile;
    fd: number;
    capacity: number;
    dropped?: number;
    host: PipeHost;
    on: PipeEvents;
  }) {
    this.file = o.file;
    this.fd = o.fd;
    this.#host = o.host;
    this.#capacity = o.capacity;
    this.#dropped = o.dropped ?? 0;
    this.#on = o.on;
    this.#poll = new o.host.native.Poll(o.fd);
    this.resume();
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Why the file cannot be written now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Moves what is in the pipe now into the file; not what a busy guest adds meanwhile. */
  drain(): void {
    if (this.#closed) return;
    const waiting = this.#host.native.pipeBytes(this.fd);
    if (waiting > 0) this.#move(waiting, 0);
  }

  /** Stops moving; bytes wait in the pipe. */
  suspend(): void {
    this.#poll.stop();
    clearTimeout(this.#retry);
  }

  resume(): void {
    if (this.#problem !== undefined) this.#waitFailing();
    else this.#poll.start(READABLE, () => this.#move(turnBytes, smallBytes));
  }

  /** Moves what is there and lets go: whoever keeps the pipe goes on. */
  close(): void {
    this.drain();
    this.#release();
  }

  /** @param small stops after moving fewer bytes at once */
  #move(limit: number, small: number): void {
    let total = 0;
    try {
      this.file.check(this.#problem !== undefined);
      if (this.#dropped > 0) this.#tellDropped();
      for (let moved = small; total < limit && moved >= small; total += moved) {
        moved = this.#moveSome();
        if (moved === eagain) break;
        if (moved === 0) {
          this.#end();
          return;
        }
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#problem !== undefined) this.#recover();
    if (total > 0) this.#on.data();
  }

  /** @returns bytes moved, 0 at the end of the pipe, or -EAGAIN. @throws VirError when the file cannot be written */
  #moveSome(): number {
    const { file } = this;
    const { native, scratch } = this.#host;
    if (file.room >= this.#capacity) return this.#splice(this.#capacity); // more than that cannot come
    const waiting = native.pipeBytes(this.fd);
    if (file.room === 0 && waiting > 0) file.rotate();
    const { room } = file;
    if (waiting <= room) return this.#splice(Math.max(waiting, 1));
    const search = RotatingFile.searchBytes(room);
    if (room > search) return this.#splice(room - search);
    const tail = scratch.peek(this.fd, search);
    if (!tail?.length) return tail ? 0 : eagain;
    const keep = RotatingFile.cut(tail);
    const moved = this.#splice(keep);
    if (moved === keep) file.rotate();
    return moved;
  }

  #splice(length: number): number {
    const { file } = this;
    if (this.#copies) return this.#copy(length);
    const moved = this.#host.native.splice(this.fd, null, file.fd, file.offset, length, SPLICE_F_NONBLOCK);
    if (moved === einval) {
      this.#copies = true;
      return this.#copy(length);
    }
    if (moved < 0 && moved !== eagain) throw new WriteProblem(-moved);
    if (moved > 0) file.advance(moved);
    return moved;
  }

  /** As `#splice`, through a copy; bytes leave the pipe only when they are in the file. */
  #copy(length: number): number {
    const { scratch } = this.#host;
    const bytes = scratch.peek(this.fd, length);
    if (bytes === undefined) return eagain;
    if (bytes.length === 0) return 0;
    this.file.append(bytes);
    return scratch.discard(this.fd, bytes.length);
  }

  #fail(error: unknown): void {
    const reason = reasonOf(error);
    if (this.#problem === undefined) {
      this.#problem = reason;
      this.#host.log.warn(
        { path: this.file.path, reason },
        "log cannot be written, oldest output will be dropped",
      );
      this.#on.problem(reason);
    }
    if (this.#writersGone) {
      const bytes = this.#host.native.pipeBytes(this.fd) + this.#dropped;
      this.#host.log.error({ path: this.file.path, reason, bytes }, "end of a guest's output is lost");
      this.#end();
      return;
    }
    this.#makeRoom();
    this.#waitFailing();
  }

  /** Looks again after a while, or when the last writer goes; readable is no news. */
  #waitFailing(): void {
    this.#poll.start(HANGUP, () => {
      this.#writersGone = true;
      this.#poll.stop();
      this.#move(turnBytes, smallBytes);
    });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#move(turnBytes, smallBytes), retryMs);
  }

  /** Half of the pipe is the guest's to write into until we look again. */
  #makeRoom(): void {
    const { native, scratch } = this.#host;
    const tooMuch = native.pipeBytes(this.fd) - this.#capacity / 2;
    if (tooMuch <= 0) return;
    this.#dropped += tooMuch;
    this.#on.dropped(this.#dropped); // noted first: what is gone must be told of
    scratch.discard(this.fd, tooMuch);
  }

  #recover(): void {
    this.#problem = undefined;
    clearTimeout(this.#retry);
    this.#host.log.warn({ path: this.file.path }, "log can be written again");
    this.#on.problem(undefined);
    this.resume();
  }

  #tellDropped(): void {
    const time = new Date(this.#host.now()).toISOString().replace("T", " ").replace("Z", "+0000");
    this.file.mark("dropped");
    this.file.append(Buffer.from(`\n${time}: virtlogd: ${this.#dropped} bytes of output dropped\n`));
    this.#dropped = 0;
    this.#on.dropped(0);
  }

  #end(): void {
    this.#on.end();
    this.#release();
  }

  #release(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#poll.close();
    this.#host.native.close(this.fd);
    this.file.close();
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
