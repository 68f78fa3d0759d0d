import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";
import { O_CLOEXEC } from "@libvirt-ts/native";
import { LogPipe, type PipeHost } from "./log-pipe.ts";
import { type LogOwner, type LogRecord, LogRecords } from "./log-records.ts";
import { readLog } from "./read-log.ts";
import { type LogPosition, RotatingFile, type RotationLimits } from "./rotating-file.ts";

/** Pipes are made this big, so that a guest does not stall while we are away for a moment. */
const pipeBytes = 1024 * 1024;
/** What a pipe has when it cannot grow. */
const leastPipeBytes = 64 * 1024;
const ebusy = 16;

/** A log somebody writes. */
export interface OpenLog {
  readonly owner: LogOwner;
  readonly pipe: LogPipe;
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
  /** Why a log cannot be written; undefined: it can again. */
  readonly onProblem?: (path: string, log: OpenLog, reason: string | undefined) => void;
}

/** The logs guests write to, by path. */
export class OpenLogs {
  readonly #o: OpenLogsOptions;
  readonly #records: LogRecords;
  readonly #logs = new Map<string, OpenLog>();

  constructor(options: OpenLogsOptions) {
    this.#o = options;
    this.#records = options.records ?? new LogRecords();
  }

  /**
   * Opens a log for a guest. It lives until its last writer closes, whoever asked for it.
   * @returns the write end of its pipe, for the guest, and where its bytes will go; once the log outlives us
   * @throws VirError LOGGING/SYSTEM_ERROR EBUSY when the log is open already
   */
  async open(
    path: string,
    owner: LogOwner,
    truncate: boolean,
  ): Promise<{ position: LogPosition; writeEnd: number }> {
    if (this.#logs.has(path))
      throw systemError(ErrorDomain.LOGGING, ebusy, `Cannot open log file: '${path}'`);
    const { native, now } = this.#o.host;
    const file = RotatingFile.open(path, this.#o.limits, { truncate, now });
    const pipe = native.pipe2(O_CLOEXEC);
    if (typeof pipe === "number") {
      file.close();
      throw systemError(ErrorDomain.LOGGING, -pipe, "Unable to create pipe");
    }
    const [readEnd, writeEnd] = pipe;
    native.setNonBlocking(readEnd, true);
    file.mark("session");
    const { position } = file;
    const key = this.#records.newKey();
    this.#add(key, file, readEnd, owner, 0);
    try {
      await this.#records.add(key, { ...owner, path, dropped: 0 }, readEnd);
    } catch (error) {
      native.close(writeEnd); // with which the log ends
      throw error;
    }
    return { position, writeEnd };
  }

  /** @throws VirError LOGGING/INTERNAL_ERROR when the log is not open */
  position(path: string): LogPosition {
    const log = this.#logs.get(path);
    if (!log) throw internal(ErrorDomain.LOGGING, `No open log file ${path}`);
    log.pipe.drain();
    return log.pipe.file.position;
  }

  /** @see readLog; what waits in the pipe is read too */
  read(path: string, position: LogPosition, maxBytes: number): Buffer {
    this.#logs.get(path)?.pipe.drain();
    return readLog(path, this.#o.limits.maxBackups, position, maxBytes);
  }

  /** Appends behind what waits in the pipe; the log need not be open. */
  append(path: string, message: Uint8Array): void {
    const log = this.#logs.get(path);
    log?.pipe.drain();
    const open = this.#logs.get(path); // draining may have met the end
    if (open) open.pipe.file.append(message);
    else {
      const file = RotatingFile.open(path, this.#o.limits, { now: this.#o.host.now });
      try {
        file.append(message);
      } finally {
        file.close();
      }
    }
    this.#o.onChange?.(path);
  }

  get(path: string): OpenLog | undefined {
    return this.#logs.get(path);
  }

  entries(): Iterable<readonly [path: string, log: OpenLog]> {
    return this.#logs;
  }

  suspend(): void {
    for (const { pipe } of this.#logs.values()) pipe.suspend();
  }

  resume(): void {
    for (const { pipe } of this.#logs.values()) pipe.resume();
  }

  /** Goes on with the logs of the former process, wherever it ended. */
  adoptAll(): void {
    const { native, now } = this.#o.host;
    for (const { key, record, fd } of this.#records.take((fd) => native.close(fd))) {
      const { path, dropped, ...owner } = record;
      native.setCloexec(fd, true);
      native.setNonBlocking(fd, true);
      this.#add(key, RotatingFile.resume(path, this.#o.limits, now), fd, owner, dropped);
    }
  }

  /** Writes what has arrived and lets go of the pipes: who keeps them hands them to the next process. */
  close(): void {
    for (const { pipe } of [...this.#logs.values()]) pipe.close();
  }

  #add(key: string, file: RotatingFile, fd: number, owner: LogOwner, dropped: number): void {
    const { host } = this.#o;
    const { path } = file;
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
    const log: OpenLog = { owner, pipe: new LogPipe({ file, fd, capacity, dropped, host, on }) };
    this.#logs.set(path, log);
    this.#o.onOpen?.(path, log);
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
