import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { MonitorClosedError, QmpCommandError } from "./errors.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Transport } from "./transport.ts";
import { UnixTransport } from "./unix-transport.ts";

export interface QmpEvent {
  event: string;
  data: Readonly<Record<string, unknown>>;
  /** Host time at which QEMU raised it. */
  timestamp: { seconds: number; microseconds: number };
}

export interface QmpGreeting {
  version: { qemu: { major: number; minor: number; micro: number }; package: string };
  capabilities: string[];
}

export interface CommandOptions {
  /** Descriptors that travel with the command (`getfd`, `add-fd`); ours stay open. */
  fds?: readonly number[];
}

interface Pending {
  command: string;
  raw: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** One line of a peer, before it is known what it is. */
interface Incoming {
  QMP?: QmpGreeting;
  event?: string;
  data?: Record<string, unknown>;
  timestamp?: QmpEvent["timestamp"];
  id?: unknown;
  return?: unknown;
  error?: { class?: string; desc?: string };
}

/**
 * A conversation with one QEMU monitor (QMP).
 *
 * Commands may be in flight together; answers are matched by id. Events are delivered synchronously, in
 * the order in which QEMU wrote them, also between a command and its answer.
 */
export class QmpClient {
  readonly #transport: Transport;
  readonly #lines: LineSplitter;
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #serial = 0;
  #end: Error | undefined;
  #settleGreeting!: { resolve(greeting: QmpGreeting): void; reject(error: unknown): void }; // set in the constructor

  /** What QEMU says first; rejects when it hangs up before that. */
  readonly greeting: Promise<QmpGreeting>;
  /** Settles when the conversation is over, with the reason if it was not our `close`. */
  readonly closed: Promise<Error | undefined>;

  constructor(transport: Transport, options: { maxLineBytes?: number } = {}) {
    this.#transport = transport;
    this.#lines = new LineSplitter(options.maxLineBytes);
    this.greeting = new Promise((resolve, reject) => {
      this.#settleGreeting = { resolve, reject };
    });
    this.greeting.catch(() => {}); // whoever asks for it gets the error; nobody has to
    this.closed = new Promise((resolve) => {
      transport.start(
        (chunk) => this.#receive(chunk),
        (error) => {
          this.#over(error);
          resolve(error);
        },
      );
    });
  }

  /**
   * Connects, reads the greeting and leaves negotiation mode.
   * @param target path of the monitor socket, or a connected descriptor (owned from here on)
   */
  static async connect(target: string | number): Promise<QmpClient> {
    const client = new QmpClient(UnixTransport.open(target));
    try {
      await client.greeting;
      await client.negotiate();
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Leaves negotiation mode: before that QEMU takes no other command. */
  async negotiate(): Promise<void> {
    await this.command("qmp_capabilities");
  }

  /** True until either side hung up. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /**
   * Runs a command.
   * @returns QEMU's `return` value
   * @throws QmpCommandError when QEMU refuses; MonitorClosedError when it goes away
   */
  command(
    name: string,
    args?: Readonly<Record<string, unknown>>,
    options: CommandOptions = {},
  ): Promise<unknown> {
    // Short ids on purpose: QEMU reads its monitor byte by byte.
    const id = ++this.#serial;
    const request = args === undefined ? { execute: name, id } : { execute: name, arguments: args, id };
    return this.#send(String(id), name, request, false, options);
  }

  /**
   * Passes a ready-made request on, as `qemu-monitor-command` does: only its id is replaced by `libvirt-N`.
   * @returns the whole answer, errors included, the line as QEMU wrote it: its numbers may be longer than ours
   */
  raw(request: Readonly<Record<string, unknown>>, options: CommandOptions = {}): Promise<string> {
    const id = `libvirt-${++this.#serial}`;
    const name = typeof request.execute === "string" ? request.execute : "";
    return this.#send(id, name, { ...request, id }, true, options) as Promise<string>; // raw resolves with the line
  }

  /** @returns a function that ends the subscription */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#transport.close();
  }

  #send(
    id: string,
    command: string,
    request: object,
    raw: boolean,
    { fds = [] }: CommandOptions,
  ): Promise<unknown> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, raw, resolve, reject });
      this.#transport.send(Buffer.from(`${JSON.stringify(request)}\n`), fds);
    });
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const line of this.#lines.push(chunk)) this.#take(line);
    } catch (error) {
      this.#transport.close(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(line: string): void {
    const message = parse(line);
    if (message.event !== undefined) {
      const timestamp = message.timestamp ?? { seconds: 0, microseconds: 0 };
      const event: QmpEvent = { event: message.event, data: message.data ?? {}, timestamp };
      for (const listener of this.#listeners) listener(event);
    } else if (message.QMP) {
      this.#settleGreeting.resolve(message.QMP);
    } else {
      this.#answer(message, line);
    }
  }

  #answer(message: Incoming, line: string): void {
    // An answer without id is QEMU's complaint about text it could not parse: it belongs to the oldest request.
    const id = message.id === undefined ? this.#pending.keys().next().value : String(message.id);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || !pending) return;
    this.#pending.delete(id);
    if (pending.raw) pending.resolve(line);
    else if (message.error) pending.reject(new QmpCommandError(pending.command, message.error));
    else pending.resolve(message.return);
  }

  #over(cause: Error | undefined): void {
    const end = new MonitorClosedError(undefined, cause ? { cause } : {});
    this.#end = end;
    this.#settleGreeting.reject(end);
    for (const { reject } of this.#pending.values()) reject(end);
    this.#pending.clear();
  }
}

function parse(line: string): Incoming {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw malformed(line, { cause });
  }
  throw malformed(line);
}

const malformed = (line: string, options: ErrorOptions = {}): VirError =>
  new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `cannot parse json ${line.slice(0, 200)}`,
    options,
  );
