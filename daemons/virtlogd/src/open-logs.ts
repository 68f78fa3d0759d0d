import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";
import { O_CLOEXEC } from "@libvirt-ts/native";
import { LogPipe, type PipeHost } from "./log-pipe.ts";
import { readLog } from "./read-log.ts";
import { type LogPosition, RotatingFile, type RotationLimits } from "./rotating-file.ts";

/** Who writes a log; for looking at, and kept over a hand-over. */
export interface LogOwner {
  readonly driver: string;
  readonly domainName: string;
  readonly domainUuid: string;
}

/** An open log as plain JSON; the pipe is open under the number given. */
export interface SavedLog extends LogOwner {
  readonly path: string;
  readonly pipe: number;
  readonly dropped: number;
}

/** Pipes are made this big, so that a guest does not stall while we are away for a moment. */
const pipeBytes = 1024 * 1024;
/** What a pipe has when it cannot grow. */
const leastPipeBytes = 64 * 1024;
const ebusy = 16;

/** The logs guests write to, by path. */
export class OpenLogs {
  readonly #host: PipeHost;
  readonly #limits: RotationLimits;
  readonly #inhibit: () => () => void;
  readonly #logs = new Map<string, { pipe: LogPipe; owner: LogOwner }>();

  /** @param inhibit called for each open log; keeps an idle daemon alive until taken back */
  constructor(o: { host: PipeHost; limits: RotationLimits; inhibit: () => () => void }) {
    this.#host = o.host;
    this.#limits = o.limits;
    this.#inhibit = o.inhibit;
  }

  /**
   * Opens a log for a guest. It lives until its last writer closes, whoever asked for it.
   * @returns the write end of its pipe, for the guest, and where its bytes will go
   * @throws VirError LOGGING/SYSTEM_ERROR EBUSY when the log is open already
   */
  open(path: string, owner: LogOwner, truncate: boolean): { position: LogPosition; writeEnd: number } {
    if (this.#logs.has(path))
      throw systemError(ErrorDomain.LOGGING, ebusy, `Cannot open log file: '${path}'`);
    const { native } = this.#host;
    const file = new RotatingFile(path, this.#limits, truncate);
    const pipe = native.pipe2(O_CLOEXEC);
    if (typeof pipe === "number") {
      file.close();
      throw systemError(ErrorDomain.LOGGING, -pipe, "Unable to create pipe");
    }
    const [readEnd, writeEnd] = pipe;
    native.setNonBlocking(readEnd, true);
    this.#add(file, readEnd, owner, 0);
    return { position: file.position, writeEnd };
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
    return readLog(path, this.#limits.maxBackups, position, maxBytes);
  }

  /** Appends behind what waits in the pipe; the log need not be open. */
  append(path: string, message: Uint8Array): void {
    const log = this.#logs.get(path);
    log?.pipe.drain();
    const open = this.#logs.get(path); // draining may have met the end
    if (open) open.pipe.file.append(message);
    else {
      const file = new RotatingFile(path, this.#limits);
      try {
        file.append(message);
      } finally {
        file.close();
      }
    }
  }

  has(path: string): boolean {
    return this.#logs.has(path);
  }

  suspend(): void {
    for (const { pipe } of this.#logs.values()) pipe.suspend();
  }

  resume(): void {
    for (const { pipe } of this.#logs.values()) pipe.resume();
  }

  save(): SavedLog[] {
    return [...this.#logs].map(([path, { pipe, owner }]) => ({
      ...owner,
      path,
      pipe: pipe.fd,
      dropped: pipe.dropped,
    }));
  }

  /** Takes over a log from the former image of this process. */
  adopt({ path, pipe, dropped, ...owner }: SavedLog): void {
    this.#host.native.setCloexec(pipe, true);
    this.#add(new RotatingFile(path, this.#limits), pipe, owner, dropped);
  }

  /** Writes what has arrived and gives up all pipes. */
  close(): void {
    for (const { pipe } of [...this.#logs.values()]) pipe.close();
  }

  #add(file: RotatingFile, fd: number, owner: LogOwner, dropped: number): void {
    const { path } = file;
    const release = this.#inhibit();
    const size = this.#host.native.setPipeSize(fd, pipeBytes);
    const capacity = size > 0 ? size : leastPipeBytes; // a user's pipes may have a limit
    const onEnd = () => {
      this.#logs.delete(path);
      release();
    };
    this.#logs.set(path, {
      pipe: new LogPipe({ file, fd, capacity, dropped, host: this.#host, onEnd }),
      owner,
    });
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
