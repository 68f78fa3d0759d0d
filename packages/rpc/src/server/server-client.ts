import { setMaxListeners } from "node:events";
import type { AccessAttributes } from "@libvirt-ts/access/rules";
import { ErrorDomain, type VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import {
  type AclRule,
  type EventRow,
  keepalive as keepaliveProgram,
  MessageStatus,
  MessageType,
  type Msg,
} from "@libvirt-ts/protocol";
import {
  type CloseReason,
  Connection,
  type ConnectionOwner,
  highWater,
  type SavedTraffic,
} from "../connection.ts";
import { type Address, isStream, offset, readAddress, sameAddress } from "../frame.ts";
import type { Keepalive, KeepaliveHandle } from "../keepalive.ts";
import type { SendOptions } from "../outbox.ts";
import type { OpenSocket } from "../socket.ts";
import type { AccessGuard } from "./access.ts";
import type { DispatchTables } from "./dispatch-table.ts";
import { Dispatcher } from "./dispatcher.ts";
import type {
  Authenticator,
  AuthMethod,
  Client,
  Identity,
  Limits,
  PeerCredentials,
  Service,
  Transport,
} from "./types.ts";

/** What a client needs of its server. */
export interface ClientHost {
  readonly limits: Limits;
  readonly log: Logger;
  readonly keepalive: Keepalive;
  /** Undefined: everything is allowed. */
  readonly access: AccessGuard | undefined;
  /** Of the server's own services. */
  readonly tables: DispatchTables;
  tablesOf(services: readonly Service[]): DispatchTables;
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
  authenticator?: Authenticator | undefined;
  transport?: Transport | undefined;
  remoteAddress?: string | undefined;
  x509DistinguishedName?: string | undefined;
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
  readonly authenticator: Authenticator | undefined;
  readonly transport: Transport;
  readonly remoteAddress: string | undefined;
  readonly socketPath: string;
  readOnly: boolean;
  identity: Identity;
  tables: DispatchTables;
  readonly #host: ClientHost;
  readonly #connection: Connection;
  readonly #dispatcher: Dispatcher;
  #authenticated: boolean;
  /** Calls whose handlers have not answered, and stream packets nobody took yet. */
  #requests = 0;
  #streams: IncomingStream[] = [];
  /** Events wait here for those before them, and for access drivers. */
  #decided: Promise<void> | undefined;
  #undecided = 0;
  #keepalive: KeepaliveHandle | undefined;
  #closing = false;
  #gone: AbortController | undefined;
  #closeListeners: ((reason: CloseReason | undefined) => void)[] | undefined;
  #local: Map<symbol, unknown> | undefined;

  constructor(host: ClientHost, open: OpenSocket, options: ClientOptions) {
    this.#host = host;
    this.tables = host.tables;
    this.id = options.id;
    this.peer = options.peer;
    this.readOnly = options.readOnly;
    this.auth = options.auth;
    this.socketPath = options.socketPath;
    this.connectedAt = options.connectedAt ?? new Date();
    this.authenticator = options.authenticator;
    this.transport = options.transport ?? "unix";
    this.remoteAddress = options.remoteAddress;
    this.identity = initialIdentity(this.transport, options);
    this.#authenticated = options.auth === "none";
    this.#connection = new Connection(this, open);
    this.#dispatcher = new Dispatcher(host, this, this.#connection);
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

  get fd(): number | undefined {
    return this.#connection.fd;
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

  serveWith(services: readonly Service[] | undefined): void {
    this.tables = services === undefined ? this.#host.tables : this.#host.tablesOf(services);
  }

  // --- receiving

  onReceived(): void {
    this.#keepalive?.heard();
  }

  onFrame(bytes: Buffer, start: number, end: number, fds: number[] | undefined): boolean {
    const type = bytes.readUInt32BE(start + offset.type);
    if (type === MessageType.CALL || type === MessageType.CALL_WITH_FDS) {
      this.#dispatcher.onCall(bytes, start, end, fds);
    } else if (isStream(type)) {
      this.#onStreamPacket(type, bytes, start, end);
    } else if (type === MessageType.MESSAGE) {
      this.#onMessage(bytes, start);
    } else if (fds !== undefined) this.closeFds(fds);
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
      this.#dispatcher.sendError(to, errorType, this.convertError(thrown, ErrorDomain.RPC));
    }
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

  convertError(thrown: unknown, domain: ErrorDomain): VirError {
    return this.#dispatcher.convertError(thrown, domain);
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

  sendRaw(frame: Uint8Array, firstWord?: number): void {
    this.#connection.sendShared(frame, firstWord);
    this.#bound();
  }

  get maySee(): Client["maySee"] {
    const { access } = this.#host;
    const { accessService } = this.tables;
    if (access === undefined || accessService === undefined) return undefined;
    return (filter, object) => access.isVisible(this, filter, accessService, object);
  }

  sendVisible(
    frame: Uint8Array,
    filter: AclRule | undefined,
    object: () => AccessAttributes,
    firstWord?: number,
  ): void {
    const { maySee } = this;
    if (maySee === undefined || filter === undefined) {
      this.sendRaw(frame, firstWord);
      return;
    }
    this.#undecided += frame.length;
    const isVisible = maySee(filter, object());
    this.#decided = (this.#decided ?? Promise.resolve()).then(async () => {
      const visible = await isVisible;
      this.#undecided -= frame.length;
      if (visible && this.isOpen) this.sendRaw(frame, firstWord);
    });
    this.#bound();
  }

  #bound(): void {
    if (this.#connection.queued + this.#undecided <= this.#host.limits.maxQueuedBytes) return;
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

  onClose(listener: (reason: CloseReason | undefined) => void): () => void {
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
    for (const listener of listeners) listener(reason);
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

  /** A call was answered. */
  onAnswered(): void {
    if (this.#closing) this.#connection.closeWhenSent();
  }

  /** It waits for us, not we for it. */
  get isWaitedFor(): boolean {
    return this.#requests > 0;
  }

  /** Closes a client that broke a rule. */
  drop(why: string): void {
    this.#host.log.warn({ client: this.id, why }, "client dropped");
    this.close();
  }
}

function initialIdentity(
  transport: Transport,
  { peer, x509DistinguishedName }: Pick<ClientOptions, "peer" | "x509DistinguishedName">,
): Identity {
  if (transport === "unix") return { ...peer };
  return x509DistinguishedName === undefined ? {} : { x509DistinguishedName };
}
