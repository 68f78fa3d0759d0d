import { errnoName } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { HANGUP, type Native, type Poll, WRITABLE } from "@libvirt-ts/native";
import { type Deferred, deferred } from "@libvirt-ts/util/deferred";
import type { FdStore, SavedFdStore } from "./fd-store.ts";
import { formatMessage } from "./message.ts";

export interface SocketStoreOptions {
  readonly native: Native;
  readonly log: Logger;
  readonly found: ReadonlyMap<string, number>;
  /** What is kept already, and the connection to whoever keeps it. */
  readonly saved?: SavedFdStore | undefined;
  /** A connected socket that keeps messages apart; a negative errno: nobody is there. */
  connect(): number;
  /** Whether somebody new knows nothing of what was kept before. */
  readonly forgets: boolean;
}

interface Kept {
  readonly fd: number;
  readonly alone: boolean;
}

interface Queued {
  readonly name: string;
  readonly message: Buffer;
  readonly fds: readonly number[];
  readonly sent: Deferred<void>;
}

const eagain = -11;
/** How long what is kept for nothing may stay so. */
const gatherMs = 5;
/** Of the names in one message. */
const maxNamesBytes = 700;
/** Connecting again this often without getting anything through means that nobody keeps anything. */
const maxFailures = 3;

/** Sends what is to be kept over a socket. What is in the socket's queue is safe: it outlives the sender. */
export class SocketStore implements FdStore {
  readonly found: Map<string, number>;
  readonly #o: SocketStoreOptions;
  readonly #kept = new Map<string, Kept>();
  #queue: Queued[] = [];
  /** What is kept for nothing, to be told soon. */
  #leaving: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #socket: { fd: number; poll: Poll } | undefined;
  #failures = 0;

  constructor(options: SocketStoreOptions) {
    this.#o = options;
    this.found = new Map(options.found);
    const kept = options.saved?.kept ?? options.found;
    for (const [name, fd] of kept) this.#kept.set(name, { fd, alone: true });
    if (options.saved?.socket !== undefined) this.#watch(options.saved.socket);
  }

  put(name: string, fd: number, { alone = true }: { alone?: boolean } = {}): undefined | Promise<void> {
    if (this.#kept.get(name)?.fd === fd) return undefined;
    this.#kept.set(name, { fd, alone });
    if (this.#socket) return this.#send(name, formatMessage({ what: "put", name, beside: !alone }), [fd]);
    if (alone) return this.#begin();
    return undefined;
  }

  remove(name: string): void {
    if (!this.#kept.delete(name)) return;
    const before = this.#queue.length;
    for (const { sent } of this.#queue.filter((queued) => queued.name === name)) sent.resolve();
    this.#queue = this.#queue.filter((queued) => queued.name !== name);
    if (this.#queue.length < before || !this.#socket) return; // it never left
    this.#leaving.push(name);
    this.#timer ??= setTimeout(() => this.#tellLeaving(), gatherMs);
  }

  /** Together, behind the calls that clients wait for. */
  #tellLeaving(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#socket) return;
    const left = this.#leaving.splice(0);
    for (const names of batches(left, this.#o.forgets ? maxNamesBytes : 0)) {
      if (!this.#socket) return;
      void this.#send(names[0] ?? "", formatMessage({ what: "remove", names }), []);
    }
  }

  take(name: string): number | undefined {
    const fd = this.found.get(name);
    this.found.delete(name);
    this.remove(name);
    return fd;
  }

  get endsWithService(): boolean {
    return !this.#o.forgets;
  }

  save(): SavedFdStore {
    this.#tellLeaving();
    return { socket: this.#socket?.fd, kept: [...this.#kept].map(([name, { fd }]) => [name, fd]) };
  }

  close(): void {
    this.#tellLeaving();
    this.#disconnect();
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#socket?.poll.close();
    if (this.#socket) this.#o.native.close(this.#socket.fd);
    this.#socket = undefined;
  }

  /** Connects and sends everything there is. */
  #begin(): undefined | Promise<void> {
    if (this.#o.forgets) this.#leaving = [];
    if (this.#failures >= maxFailures) return undefined;
    const fd = this.#o.connect();
    if (fd < 0) {
      this.#failed(fd);
      return this.#begin();
    }
    this.#watch(fd);
    let last: undefined | Promise<void>;
    for (const [name, { fd: kept, alone }] of [...this.#kept]) {
      last = this.#send(name, formatMessage({ what: "put", name, beside: !alone }), [kept]);
      if (!this.#socket) return last;
    }
    return last;
  }

  #watch(fd: number): void {
    this.#o.native.setNonBlocking(fd, true);
    this.#socket = { fd, poll: new this.#o.native.Poll(fd) };
    this.#poll(HANGUP);
  }

  #poll(events: number): void {
    const { poll } = this.#socket ?? {};
    poll?.start(events, (status, seen) => {
      if (status < 0 || seen & HANGUP) this.#lost("hang-up");
      else if (seen & WRITABLE) this.#flush();
    });
    poll?.unref();
  }

  #send(name: string, message: Buffer, fds: readonly number[]): undefined | Promise<void> {
    if (this.#queue.length > 0) return this.#enqueue(name, message, fds);
    const rc = this.#transmit(message, fds);
    if (rc === eagain) {
      const sent = this.#enqueue(name, message, fds);
      this.#poll(HANGUP | WRITABLE);
      return sent;
    }
    if (rc < 0) return this.#lost(errnoName(-rc));
    this.#failures = 0;
    return undefined;
  }

  #transmit(message: Buffer, fds: readonly number[]): number {
    const { native } = this.#o;
    const socket = this.#socket?.fd ?? -1;
    return fds.length === 0 ? native.send(socket, [message]) : native.send(socket, [message], fds);
  }

  #enqueue(name: string, message: Buffer, fds: readonly number[]): Promise<void> {
    const sent = deferred<void>();
    this.#queue.push({ name, message, fds, sent });
    return sent.promise;
  }

  #flush(): void {
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      const rc = this.#transmit(next.message, next.fds);
      if (rc === eagain) return;
      if (rc < 0) {
        this.#lost(errnoName(-rc));
        return;
      }
      this.#queue.shift();
      next.sent.resolve();
    }
    this.#failures = 0;
    this.#poll(HANGUP);
  }

  /** Whoever kept our descriptors is gone: looks for the next one. */
  #lost(why: string): undefined | Promise<void> {
    const { log, forgets } = this.#o;
    const waiting = this.#queue;
    this.#queue = [];
    this.#disconnect();
    log.warn({ why }, "nobody keeps our descriptors, trying again");
    this.#failed(undefined);
    const done = forgets || waiting.length > 0 ? this.#begin() : undefined;
    for (const { sent } of waiting) {
      if (done) void done.then(() => sent.resolve());
      else sent.resolve();
    }
    return done;
  }

  #failed(errno: number | undefined): void {
    this.#failures += 1;
    if (this.#failures < maxFailures) return;
    const why = errno === undefined ? "it ends at once" : errnoName(-errno);
    this.#o.log.error({ why }, "descriptors cannot be kept: what hangs on them ends with this process");
  }
}

/** Names that go into one message: at least one, and about so many bytes. */
function batches(names: readonly string[], maxBytes: number): string[][] {
  const all: string[][] = [];
  let room = 0;
  for (const name of names) {
    if (room < name.length) {
      all.push([]);
      room = maxBytes;
    }
    all.at(-1)?.push(name);
    room -= name.length + "FDNAME=\n".length;
  }
  return all;
}
