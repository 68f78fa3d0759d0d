import type { Socket } from "node:net";
import { errnoName } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import type { LogOwner } from "./log-records.ts";

/** A line with whose it is. */
export interface ShippedLine extends LogOwner {
  readonly path: string;
  readonly time: Date;
  readonly text: string;
}

/** Takes bytes or says why not. */
interface Outlet {
  /** @returns 0, or a negative errno: not now */
  send(bytes: Buffer): number;
  encode(line: ShippedLine): Buffer;
  /** Says that so many lines are missing. */
  encodeMissing(lines: number): Buffer;
  /** To be called with what was taken and did not get away, when it is known. */
  onUnsent?: (bytes: Buffer[]) => void;
  close(): void;
}

/** Bytes that may wait for a sink. */
const maxQueuedBytes = 1024 * 1024;
const retryMs = 50;
const reconnectMs = 1000;

/** A place lines go to; it never makes anybody wait. */
export class LineSink {
  readonly name: string;
  readonly #outlet: Outlet;
  readonly #log: Logger;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;
  /** As of the last time all was well. */
  #lastDropped = 0;
  /** So many of them the sink has been told of, where they are missing. */
  #told = 0;

  constructor(name: string, outlet: Outlet, log: Logger) {
    this.name = name;
    this.#outlet = outlet;
    this.#log = log;
    outlet.onUnsent = (bytes) => {
      this.#queue.unshift(...bytes);
      this.#queuedBytes += bytes.reduce((sum, { length }) => sum + length, 0);
      if (bytes.length > 0) this.#timer ??= setTimeout(() => this.#retry(), retryMs);
    };
  }

  /** Lines dropped since the begin. */
  get dropped(): number {
    return this.#dropped;
  }

  push(line: ShippedLine): void {
    const bytes = this.#outlet.encode(line);
    const missing = this.#dropped - this.#told;
    if (missing === 0 && this.#queue.length === 0 && this.#outlet.send(bytes) === 0) return;
    if (this.#queuedBytes + bytes.length > maxQueuedBytes) this.#drop();
    else {
      if (missing > 0) this.#enqueue(this.#outlet.encodeMissing(missing));
      this.#told = this.#dropped;
      this.#enqueue(bytes);
    }
    this.#timer ??= setTimeout(() => this.#retry(), retryMs);
  }

  /** A line that could not even be read in time. */
  skip(): void {
    this.#drop();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#outlet.close();
  }

  #enqueue(bytes: Buffer): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  #drop(): void {
    if (this.#dropped === this.#lastDropped)
      this.#log.warn({ sink: this.name }, "lines are not shipped: the sink is behind");
    this.#dropped += 1;
  }

  #retry(): void {
    this.#timer = undefined;
    let failure = 0;
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      failure = this.#outlet.send(next);
      if (failure < 0) break;
      this.#queue.shift();
      this.#queuedBytes -= next.length;
    }
    if (failure < 0) {
      this.#timer = setTimeout(() => this.#retry(), retryMs);
      return;
    }
    if (this.#dropped === this.#lastDropped) return;
    const lines = this.#dropped - this.#lastDropped;
    this.#lastDropped = this.#dropped;
    this.#log.warn(
      { sink: this.name, lines, total: this.#dropped },
      "lines are shipped again, some were dropped",
    );
  }
}

/** @throws Error for what is no sink */
export function openSink(
  to: string,
  { native, log, journal }: { native: Native; log: Logger; journal: string },
): LineSink {
  if (to === "journald") return new LineSink(to, journalOutlet(native, journal), log);
  const unix = /^unix:(\/.+)$/.exec(to)?.[1];
  if (unix !== undefined) return new LineSink(to, streamOutlet({ path: unix }, log), log);
  const [, host, port] = /^tcp:(?:\[?)([^\]]+?)(?:\]?):(\d+)$/.exec(to) ?? [];
  if (host === undefined) throw new Error(`ship_to: '${to}' is no place for lines`);
  return new LineSink(to, streamOutlet({ host, port: Number(port) }, log), log);
}

/** @see https://systemd.io/JOURNAL_NATIVE_PROTOCOL/ */
function journalOutlet(native: Native, path: string): Outlet {
  return {
    send: (bytes) => Math.min(0, native.sendDatagram(path, bytes)),
    encode({ text, domainName, domainUuid, path: file }) {
      const fields = [
        `MESSAGE=${text}`,
        "PRIORITY=6",
        "SYSLOG_IDENTIFIER=virtlogd",
        `DOMAIN_NAME=${domainName}`,
        `DOMAIN_UUID=${domainUuid}`,
        `DOMAIN_LOG=${file}`,
      ];
      return Buffer.from(`${fields.map((field) => field.replaceAll("\n", " ")).join("\n")}\n`);
    },
    encodeMissing: (lines) =>
      Buffer.from(
        `MESSAGE=virtlogd: ${lines} lines of guests are missing here\nPRIORITY=4\nSYSLOG_IDENTIFIER=virtlogd\n`,
      ),
    close() {},
  };
}

/** Lines of JSON; connects again when there is something to send. */
function streamOutlet(to: { path: string } | { host: string; port: number }, log: Logger): Outlet {
  let socket: Socket | undefined;
  /** What the kernel has not taken yet. */
  const unsent: Buffer[] = [];
  let lastTry = Number.NEGATIVE_INFINITY;
  const connect = async () => {
    const { connect: open } = await import("node:net");
    const opened = open(to);
    socket = opened;
    opened.unref();
    opened.on("error", (error: NodeJS.ErrnoException) =>
      log.debug({ reason: errnoName(-(error.errno ?? 0)) }, "sink cannot be reached"),
    );
    opened.on("close", () => {
      socket = undefined;
      outlet.onUnsent?.(unsent.splice(0));
    });
  };
  const outlet: Outlet = {
    send(bytes) {
      if (!socket && performance.now() - lastTry > reconnectMs) {
        lastTry = performance.now();
        void connect();
      }
      if (!socket || socket.connecting || socket.writableLength > maxQueuedBytes) return notNow;
      unsent.push(bytes);
      socket.write(bytes, (error) => {
        if (!error) unsent.shift();
      });
      return 0;
    },
    encode({ time, domainName: domain, domainUuid: uuid, path, text }) {
      return Buffer.from(`${JSON.stringify({ time, domain, uuid, path, text })}\n`);
    },
    encodeMissing: (missing) => Buffer.from(`${JSON.stringify({ time: new Date(), missing })}\n`),
    close() {
      socket?.end();
    },
  };
  return outlet;
}

const notNow = -11;
