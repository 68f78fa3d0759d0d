import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";
import { O_CLOEXEC } from "@libvirt-ts/native";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import { localPlaces } from "./file-places.ts";
import { LogPipe, type LogPipeOptions, type PipeHost } from "./log-pipe.ts";
import { type LogOwner, type LogRecord, LogRecords } from "./log-records.ts";
import { readLog } from "./read-log.ts";
import {
  type LogPosition,
  RotatingFile,
  type RotatingFileOptions,
  type RotationLimits,
} from "./rotating-file.ts";

/** Pipes are made this big, so that a guest does not stall while we are away for a moment. */
const pipeBytes = 1024 * 1024;
/** What a pipe has when it cannot grow. */
const leastPipeBytes = 64 * 1024;
const ebusy = 16;
/** How long the end waits for file servers. */
const answerMs = 1000;

/** A log somebody writes. */
export interface OpenLog {
  readonly owner: LogOwner;
  readonly pipe: LogPipe;
}

export interface OpenedLog {
  readonly position: LogPosition;
  /** The caller's to close. */
  readonly writeEnd: number;
}

interface NewLog {
  readonly key: string;
  readonly file: RotatingFile;
  readonly fd: number;
  readonly owner: LogOwner;
  readonly dropped: number;
}

export interface OpenLogsOptions {
  readonly host: PipeHost;
  readonly limits: RotationLimits;
  /** Called for each open log; keeps an idle daemon alive until taken back. */
  readonly inhibit: () => () => void;
  readonly records?: LogRecords;
  /** A log is open from now on. */
  readonly onOpen?: (path: string, log: OpenLog) => void;
  /** A log got more bytes, or has ended. */
  readonly onChange?: (path: string) => void;
  /** A log rolled over, or may have done so before we came. */
  readonly onRotate?: (path: string) => void;
  /** Why a log cannot be written; undefined: it can again. */
  readonly onProblem?: (path: string, log: OpenLog, reason: string | undefined) => void;
}

/** The logs guests write to, by path. */
export class OpenLogs {
  readonly #o: OpenLogsOptions;
  readonly #records: LogRecords;
  readonly #logs = new Map<string, OpenLog>();
  /** One at a time works on the files of a log. */
  readonly #turns = new KeyedLock<string>();

  constructor(options: OpenLogsOptions) {
    this.#o = options;
    this.#records = options.records ?? new LogRecords();
  }

  /**
   * Opens a log for a guest. It lives until its last writer closes, whoever asked for it.
   * @returns the write end of its pipe, for the guest, and where its bytes will go; once the log outlives us
   * @throws VirError LOGGING/SYSTEM_ERROR EBUSY when the log is open already
   */
  open(path: string, owner: LogOwner, truncate: boolean): Promise<OpenedLog> {
    return this.inTurn(path, () => this.#open(path, owner, truncate));
  }

  /** Runs a task when nobody else works on the files of a log. */
  inTurn<T>(path: string, task: () => Promise<T>): Promise<T> {
    return this.#turns.run(path, task);
  }

  /** @throws VirError LOGGING/INTERNAL_ERROR when the log is not open */
  position(path: string): Promise<LogPosition> {
    return this.inTurn(path, async () => {
      await this.#logs.get(path)?.pipe.drain();
      const log = this.#logs.get(path); // draining may have met the end
      if (!log) throw internal(ErrorDomain.LOGGING, `No open log file ${path}`);
      await log.pipe.file.check();
      return log.pipe.file.position;
    });
  }

  /** Where the file of a log ends, without what waits in the pipe. @throws VirError NONE/SYSTEM_ERROR */
  endOfFile({ pipe: { file } }: OpenLog): Promise<LogPosition> {
    return this.inTurn(file.path, async () => {
      await file.check();
      return file.position;
    });
  }

  /** @see readLog; what waits in the pipe is read too */
  async read(path: string, position: LogPosition, maxBytes: number): Promise<Buffer> {
    const log = this.#logs.get(path);
    if (log) await this.inTurn(path, () => log.pipe.drain());
    const { maxBackups } = this.#o.limits;
    return readLog({ path, maxBackups, places: this.#places }, position, maxBytes);
  }

  /** Appends behind what waits in the pipe; the log need not be open. */
  async append(path: string, message: Uint8Array): Promise<void> {
    await this.inTurn(path, async () => {
      await this.#logs.get(path)?.pipe.drain();
      const open = this.#logs.get(path); // draining may have met the end
      if (open) {
        await open.pipe.file.append(message);
        return;
      }
      const file = await RotatingFile.open(path, this.#fileOptions(path));
      try {
        await file.append(message);
      } finally {
        await file.close();
      }
    });
    this.#o.onChange?.(path);
  }

  get(path: string): OpenLog | undefined {
    return this.#logs.get(path);
  }

  entries(): Iterable<readonly [path: string, log: OpenLog]> {
    return this.#logs;
  }

  /** @returns when nothing is moved any more */
  async suspend(): Promise<void> {
    for (const { pipe } of this.#logs.values()) pipe.suspend();
    await Promise.all([...this.#logs.keys()].map((path) => this.inTurn(path, async () => {})));
  }

  resume(): void {
    for (const { pipe } of this.#logs.values()) pipe.resume();
  }

  /** Goes on with the logs of the former process, wherever it ended. */
  adoptAll(): void {
    const { native } = this.#o.host;
    for (const { key, record, fd } of this.#records.take((fd) => native.close(fd))) {
      const { path, dropped, ...owner } = record;
      native.setCloexec(fd, true);
      native.setNonBlocking(fd, true);
      const file = RotatingFile.resume(path, this.#fileOptions(path));
      this.#add({ key, file, fd, owner, dropped });
    }
  }

  /**
   * Writes what has arrived, unless a file server keeps us waiting, and lets go of the pipes: who keeps them hands them to
   * the next process.
   */
  async close(): Promise<void> {
    const closed = [...this.#logs].map(([path, { pipe }]) => this.inTurn(path, () => pipe.close()));
    if (closed.length > 0)
      await Promise.race([Promise.allSettled(closed), sleep(answerMs, undefined, { ref: false })]);
  }

  get #places() {
    return this.#o.host.places ?? localPlaces;
  }

  #fileOptions(path: string): RotatingFileOptions {
    const { limits, host, onRotate } = this.#o;
    return { limits, now: host.now, places: this.#places, onRotate: () => onRotate?.(path) };
  }

  async #open(path: string, owner: LogOwner, truncate: boolean): Promise<OpenedLog> {
    if (this.#logs.has(path))
      throw systemError(ErrorDomain.LOGGING, ebusy, `Cannot open log file: '${path}'`);
    const { native } = this.#o.host;
    const file = await RotatingFile.open(path, { ...this.#fileOptions(path), truncate });
    const pipe = native.pipe2(O_CLOEXEC);
    if (typeof pipe === "number") {
      await file.close();
      throw systemError(ErrorDomain.LOGGING, -pipe, "Unable to create pipe");
    }
    const [fd, writeEnd] = pipe;
    native.setNonBlocking(fd, true);
    await file.mark("session");
    const { position } = file;
    const key = this.#records.newKey();
    this.#add({ key, file, fd, owner, dropped: 0 });
    try {
      await this.#records.add(key, { ...owner, path, dropped: 0 }, fd);
    } catch (error) {
      native.close(writeEnd); // with which the log ends
      throw error;
    }
    return { position, writeEnd };
  }

  #add({ key, file, fd, owner, dropped }: NewLog): void {
    const { host } = this.#o;
    const { path } = file;
    const inTurn: LogPipeOptions["inTurn"] = (task) => this.inTurn(path, task);
    const isBusy = () => this.#turns.isBusy(path);
    const release = this.#o.inhibit();
    const size = host.native.setPipeSize(fd, pipeBytes);
    const capacity = size > 0 ? size : leastPipeBytes; // a user's pipes may have a limit
    const changed = () => this.#o.onChange?.(path);
    const on = {
      data: changed,
      dropped: (bytes: number) => this.#update(key, { ...owner, path, dropped: bytes }),
      problem: (reason: string | undefined) => this.#o.onProblem?.(path, log, reason),
      end: () => {
        this.#logs.delete(path);
        this.#records.remove(key);
        changed();
        release();
      },
    };
    const log: OpenLog = {
      owner,
      pipe: new LogPipe({ file, fd, capacity, dropped, host, on, inTurn, isBusy }),
    };
    this.#logs.set(path, log);
    this.#o.onOpen?.(path, log);
    this.#o.onRotate?.(path);
  }

  #update(key: string, record: LogRecord): void {
    try {
      this.#records.update(key, record);
    } catch (error) {
      this.#o.host.log.warn({ err: error, path: record.path }, "cannot note what is dropped");
    }
  }
}

/** @throws VirError RPC/INTERNAL_ERROR when a reply could not carry that much */
export function checkReadLength(maxBytes: bigint, limit: number): number {
  if (maxBytes <= BigInt(limit)) return Number(maxBytes);
  throw new VirError(
    ErrorDomain.RPC,
    ErrorCode.INTERNAL_ERROR,
    `Requested data len ${maxBytes} is larger than maximum ${limit}`,
  );
}
