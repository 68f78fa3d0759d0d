import { setMaxListeners } from "node:events";
import { ErrorDomain, noSupport, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import {
  type CallRow,
  type EventRow,
  FRAME_MIN,
  keepalive as keepaliveProgram,
  MessageStatus,
  MessageType,
  type Msg,
  NetError,
  toNetError,
} from "@libvirt-ts/protocol";
import {
  type CloseReason,
  Connection,
  type ConnectionOwner,
  highWater,
  type SavedTraffic,
} from "../connection.ts";
import { rpcError } from "../errors.ts";
import { type Address, isStream, offset, readAddress, readdress, sameAddress } from "../frame.ts";
import type { Keepalive, KeepaliveHandle } from "../keepalive.ts";
import type { SendOptions } from "../outbox.ts";
import { decodeAt } from "../scratch.ts";
import type { OpenSocket } from "../socket.ts";
import type { DispatchTable, Entry } from "./dispatch-table.ts";
import { Encoded } from "./encoded.ts";
import { apiErrorDomain } from "./read-only.ts";
import { ServedCall } from "./served-call.ts";
import type { AuthMethod, Client, Identity, Limits, PeerCredentials, RawReply } from "./types.ts";

/** What a client needs of its server. */
export interface ClientHost {
  readonly limits: Limits;
  readonly log: Logger;
  readonly keepalive: Keepalive;
  table(prog: number, vers: number): DispatchTable | undefined;
  /** The client has authenticated. */
  onAuthenticated(client: ServerClient): void;
  onClosed(client: ServerClient): void;
  /** While the server is being suspended: a client has no call in work. */
  onSettled?: (() => void) | undefined;
}

export interface ClientOptions {
  id: bigint;
  peer: PeerCredentials;
  readOnly: boolean;
  auth: AuthMethod;
  socketPath: string;
  /** Default: now. */
  connectedAt?: Date;
}

/** The receiving side of a stream; packets find it by the address of its call. */
export interface IncomingStream {
  readonly address: Address;
  onPacket(type: number, status: number, bytes: Buffer, start: number, end: number): void;
  /** The connection is gone. */
  gone(): void;
}

const pong: Address = {
  prog: keepaliveProgram.number,
  vers: keepaliveProgram.version,
  proc: keepaliveProgram.procs.pong.number,
  serial: 0,
};
const ping: Address = { ...pong, proc: keepaliveProgram.procs.ping.number };

/** One connection: reads calls, runs their handlers, sends replies and events. */
export class ServerClient implements Client, ConnectionOwner {
  readonly pausesWhenFull = true;
  readonly id: bigint;
  readonly peer: PeerCredentials;
  readonly connectedAt: Date;
  readonly auth: AuthMethod;
  readonly socketPath: string;
  readOnly: boolean;
  identity: Identity;
  readonly #host: ClientHost;
  readonly #connection: Connection;
  #authenticated: boolean;
  /** Calls whose handlers have not answered, and stream packets nobody took yet. */
  #requests = 0;
  #streams: IncomingStream[] = [];
  #keepalive: KeepaliveHandle | undefined;
  #closing = false;
  #gone: AbortController | undefined;
  #closeListeners: (() => void)[] | undefined;
  #local: Map<symbol, unknown> | undefined;

  constructor(host: ClientHost, open: OpenSocket, options: ClientOptions) {
    this.#host = host;
    this.id = options.id;
    this.peer = options.peer;
    this.readOnly = options.readOnly;
    this.auth = options.auth;
    this.socketPath = options.socketPath;
    this.connectedAt = options.connectedAt ?? new Date();
    this.identity = { ...options.peer };
    this.#authenticated = options.auth === "none";
    this.#connection = new Connection(this, open);
  }

  get authenticated(): boolean {
    return this.#authenticated;
  }

  set authenticated(value: boolean) {
    if (value === this.#authenticated) return;
    this.#authenticated = value;
    if (value) this.#host.onAuthenticated(this);
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      setMaxListeners(0, this.#gone.signal); // one for each call in flight
      if (!this.isOpen) this.#gone.abort();
    }
    return this.#gone.signal;
  }

  get local(): Map<symbol, unknown> {
    this.#local ??= new Map();
    return this.#local;
  }

  // --- receiving

  onReceived(): void {
    this.#keepalive?.heard();
  }

  onFrame(bytes: Buffer, start: number, end: number, fds: number[] | undefined): boolean {
    const type = bytes.readUInt32BE(start + offset.type);
    if (type === MessageType.CALL || type === MessageType.CALL_WITH_FDS) {
      this.#onCall(bytes, start, end, fds);
    } else if (isStream(type)) {
      this.#onStreamPacket(type, bytes, start, end);
    } else if (type === MessageType.MESSAGE) {
      this.#onMessage(bytes, start);
    }
    // replies and unknown types mean nothing here and are dropped
    return this.#mayGoOn;
  }

  /** Another request may be served: not too many at once, nor too many replies the client does not read. */
  get #mayGoOn(): boolean {
    const { maxClientRequests } = this.#host.limits;
    return this.#requests < maxClientRequests && this.#connection.queued < highWater && !this.#closing;
  }

  onSent(): void {
    if (this.#mayGoOn) this.#connection.resume();
  }

  #onMessage(bytes: Buffer, start: number): void {
    const { prog, vers, proc } = readAddress(bytes, start);
    if (prog === ping.prog && vers === ping.vers && proc === ping.proc) {
      this.#connection.sendBody(pong, MessageType.MESSAGE, MessageStatus.OK);
    }
  }

  #onStreamPacket(type: number, bytes: Buffer, start: number, end: number): void {
    if (this.#streams.length === 0) return;
    const to = readAddress(bytes, start);
    const stream = this.#streams.find(({ address }) => sameAddress(address, to));
    if (stream === undefined) return;
    const status = bytes.readUInt32BE(start + offset.status);
    try {
      stream.onPacket(type, status, bytes, start, end);
    } catch (thrown) {
      const errorType = type === MessageType.STREAM ? MessageType.STREAM : MessageType.REPLY;
      this.#sendError(to, errorType, this.convertError(thrown, ErrorDomain.RPC));
    }
  }

  #onCall(bytes: Buffer, start: number, end: number, fds: number[] | undefined): void {
    const prog = bytes.readUInt32BE(start + offset.prog);
    const vers = bytes.readUInt32BE(start + offset.vers);
    const serial = bytes.readUInt32BE(start + offset.serial);
    const proc = bytes.readInt32BE(start + offset.proc);
    const status = bytes.readUInt32BE(start + offset.status);
    const table = this.#host.table(prog, vers);
    const entry = table?.entries[proc];
    let refusal: string | undefined;
    if (table === undefined) refusal = `Cannot find program ${prog | 0} version ${vers | 0}`;
    else if (status !== MessageStatus.OK) refusal = `Unexpected message status ${status}`;
    else if (entry === undefined) refusal = `unknown procedure: ${proc}`;
    else if (entry.row.needAuth && !this.#authenticated) refusal = "authentication required";
    if (refusal !== undefined || entry === undefined) {
      if (fds !== undefined) this.closeFds(fds);
      this.#sendError({ prog, vers, proc, serial }, MessageType.REPLY, rpcError(refusal ?? ""));
      return;
    }
    const call = new ServedCall(this, entry, serial, fds);
    const { log } = this.#host;
    if (log.isLevelEnabled("debug")) log.debug({ client: this.id, proc: entry.row.name, serial }, "call");
    const body = start + FRAME_MIN + (fds !== undefined ? 4 : 0);
    this.#run(call, entry, bytes, start, body, end);
  }

  #run(call: ServedCall, entry: Entry, bytes: Buffer, start: number, body: number, end: number): void {
    let result: unknown;
    try {
      result = entry.isRaw
        ? this.#relay(call, entry, bytes, start, end)
        : this.#handle(call, entry, bytes, body, end);
    } catch (thrown) {
      this.#fail(call, thrown);
      return;
    }
    if (!(result instanceof Promise)) {
      this.#reply(call, result);
      return;
    }
    this.#requests++;
    result.then(
      (value: unknown) => {
        this.#reply(call, value);
        this.endRequest();
      },
      (thrown: unknown) => {
        this.#fail(call, thrown);
        this.endRequest();
      },
    );
  }

  #handle(call: ServedCall, entry: Entry, bytes: Buffer, body: number, end: number): unknown {
    const { row, service, handler, readOnlyRule } = entry;
    const args = row.args === null ? undefined : this.#decode(row.args, bytes, body, end);
    service.gate?.(row, this);
    if (this.readOnly) readOnlyRule?.(args);
    if (handler === undefined) throw noSupport(row.api ?? row.name, apiErrorDomain(row));
    return handler(args, call);
  }

  #decode(codec: NonNullable<CallRow["args"]>, bytes: Buffer, body: number, end: number): unknown {
    try {
      return decodeAt(codec, bytes, body, end);
    } catch (cause) {
      throw rpcError("Unable to decode message payload", { cause });
    }
  }

  #relay(call: ServedCall, entry: Entry, bytes: Buffer, start: number, end: number): Promise<RawReply> {
    entry.service.gate?.(entry.row, this);
    call.frame = Buffer.from(bytes.subarray(start, end));
    return entry.service.fallback!.call(call); // raw entries come from a service with a fallback
  }

  /** Counts something that keeps the client from sending more. */
  beginRequest(): void {
    this.#requests++;
  }

  endRequest(): void {
    this.#requests--;
    if (this.#requests === 0) this.#host.onSettled?.();
    this.#connection.resume();
  }

  // --- carrying over

  get isSettled(): boolean {
    return this.#requests === 0;
  }

  freeze(on: boolean): void {
    this.#connection.freeze(on);
  }

  save(): SavedTraffic | undefined {
    return this.#authenticated && this.#streams.length === 0 ? this.#connection.save() : undefined;
  }

  restore(traffic: SavedTraffic): void {
    this.#connection.restore(traffic);
  }

  // --- sending

  #reply(call: ServedCall, value: unknown): void {
    const { row } = call.entry;
    const fds = call.takeReplyFds();
    const type = fds.length > 0 ? MessageType.REPLY_WITH_FDS : MessageType.REPLY;
    try {
      if (call.entry.isRaw)
        this.#sendRawReply(call, value as RawReply); // what #relay promised
      else if (value instanceof Encoded) {
        this.#connection.sendBody(call, type, MessageStatus.OK, value.bytes, { fds });
      } else this.#connection.send(call, type, MessageStatus.OK, row.ret, value, fds);
    } catch (thrown) {
      this.closeFds(fds);
      this.#fail(call, thrown);
      return;
    }
    call.release(true);
    call.stream?.start();
    if (this.#closing) this.#connection.closeWhenSent();
  }

  #sendRawReply(call: ServedCall, { frame, fds }: RawReply): void {
    if (frame.readUInt32BE(offset.status) !== MessageStatus.OK) {
      call.stream?.discard();
      call.stream = undefined;
    }
    this.#connection.sendFrame(readdress(frame, call), { fds });
  }

  #fail(call: ServedCall, thrown: unknown): void {
    const error = this.convertError(thrown, call.entry.service.errorDomain, call.row);
    call.release(false);
    call.stream?.discard();
    this.#sendError(call, MessageType.REPLY, error);
    if (this.#closing) this.#connection.closeWhenSent();
  }

  #sendError(address: Address, type: number, error: VirError): void {
    this.#connection.send(address, type, MessageStatus.ERROR, NetError, toNetError(error));
  }

  /** Makes a VirError of what a handler threw. What is none is our own bug, logged with its stack. */
  convertError(thrown: unknown, domain: ErrorDomain, row?: CallRow): VirError {
    const error = VirError.from(thrown, domain);
    const { log } = this.#host;
    if (error !== thrown)
      log.error({ client: this.id, proc: row?.name, err: thrown }, "call failed unexpectedly");
    else if (log.isLevelEnabled("debug"))
      log.debug({ client: this.id, proc: row?.name, err: error }, "call failed");
    return error;
  }

  sendBody(address: Address, type: number, status: number, body?: Uint8Array, options?: SendOptions): void {
    this.#connection.sendBody(address, type, status, body, options);
  }

  sendFrame(frame: Uint8Array, options?: SendOptions): void {
    this.#connection.sendFrame(frame, options);
  }

  sendEvent<R extends EventRow>(row: R, msg: Msg<R>): void {
    const { number: prog, version: vers } = row.program;
    const address = { prog, vers, proc: row.number, serial: 1 };
    this.#connection.send(address, MessageType.MESSAGE, MessageStatus.OK, row.msg, msg);
    this.#bound();
  }

  sendRaw(frame: Uint8Array): void {
    this.#connection.sendShared(frame);
    this.#bound();
  }

  #bound(): void {
    if (this.#connection.queued <= this.#host.limits.maxQueuedBytes) return;
    this.#host.log.warn({ client: this.id, bytes: this.#connection.queued }, "client reads too slowly");
    this.close();
  }

  // --- streams and descriptors

  addStream(stream: IncomingStream): void {
    this.#streams.push(stream);
  }

  removeStream(stream: IncomingStream): void {
    const at = this.#streams.indexOf(stream);
    if (at >= 0) this.#streams.splice(at, 1);
  }

  closeFds(fds: readonly number[]): void {
    for (const fd of fds) this.#connection.closeFd(fd);
  }

  // --- the end

  startKeepalive(): void {
    const { keepaliveInterval: interval, keepaliveCount: count } = this.#host.limits;
    if (interval <= 0 || this.#keepalive !== undefined || !this.isOpen) return;
    const peer = {
      ping: () => this.#connection.sendBody(ping, MessageType.MESSAGE, MessageStatus.OK),
      dead: () => this.drop("no answer to keepalive"),
      isReading: () => this.#connection.isReading,
    };
    this.#keepalive = this.#host.keepalive.track(peer, { interval, count });
  }

  onClose(listener: () => void): () => void {
    this.#closeListeners ??= [];
    this.#closeListeners.push(listener);
    return () => {
      this.#closeListeners = this.#closeListeners?.filter((each) => each !== listener);
    };
  }

  onGone(reason: CloseReason | undefined): void {
    const { log } = this.#host;
    this.#keepalive?.stop();
    if (reason?.what === "framing")
      log.warn({ client: this.id, detail: reason.detail }, "client broke the framing");
    else if (log.isLevelEnabled("debug")) log.debug({ client: this.id, reason }, "client gone");
    for (const stream of [...this.#streams]) stream.gone();
    this.#streams = [];
    this.#gone?.abort();
    const listeners = this.#closeListeners ?? [];
    this.#closeListeners = undefined;
    for (const listener of listeners) listener();
    this.#host.onClosed(this);
  }

  close(): void {
    this.#connection.close();
  }

  closeWhenSent(): void {
    this.#closing = true;
    queueMicrotask(() => {
      if (this.#requests === 0) this.#connection.closeWhenSent();
    });
  }

  /** Closes a client that broke a rule. */
  drop(why: string): void {
    this.#host.log.warn({ client: this.id, why }, "client dropped");
    this.close();
  }
}
