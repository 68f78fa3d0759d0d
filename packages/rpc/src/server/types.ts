import type { AccessAttributes } from "@libvirt-ts/access/rules";
import type { ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { AclRule, Args, CallRow, EventRow, Msg, Program, Ret, Rows } from "@libvirt-ts/protocol";
import type { CloseReason } from "../connection.ts";
import type { Hole } from "../incoming-queue.ts";
import type { OpenSocket } from "../socket.ts";
import type { Encoded } from "./encoded.ts";

/** Who is on the other end, as far as known. Replaced as a whole by CONNECT_SET_IDENTITY. */
export interface Identity {
  userName?: string;
  uid?: number;
  groupName?: string;
  gid?: number;
  pid?: number;
  /** Start time of the process in clock ticks since boot (field 22 of /proc/PID/stat). */
  processTime?: bigint;
  saslUserName?: string;
  x509DistinguishedName?: string;
  selinuxContext?: string;
}

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Authentication of a listening socket. Values as in the `auth_unix_*` keys. */
export type AuthMethod = "none" | "polkit" | "sasl";

/** How a client came. Only `tcp` can be read and changed on its way. */
export type Transport = "unix" | "tcp" | "tls";

/** What the server sends next; `user` is the name once it is proven, which ends the exchange. */
export interface SaslStep {
  /** null is no data, which SASL tells from empty data. */
  readonly data: Uint8Array | null;
  readonly user?: string;
}

export interface SaslExchange {
  /** @throws Error what goes wrong; the client is told no details */
  step(data: Uint8Array | null): Promise<SaslStep>;
}

/** How the clients of a listener prove who they are. */
export type Authenticator =
  | {
      readonly method: "polkit";
      /** @throws VirError AUTH_CANCELLED, AUTH_UNAVAILABLE or AUTH_FAILED, sent as it is */
      check(client: Client): Promise<void>;
    }
  | {
      readonly method: "sasl";
      /** Those fit for this connection; none refuses it. */
      mechanisms(client: Client): readonly string[];
      start(mechanism: string, client: Client): Promise<SaslExchange>;
    };

/** One accepted connection. */
export interface Client {
  /** Counts up from 1 per server. */
  readonly id: bigint;
  /** The socket is a read-only one, or CONNECT_OPEN asked for it. Only ever turns on. */
  readOnly: boolean;
  identity: Identity;
  /** Of a UNIX socket; -1 everywhere for network clients. */
  readonly peer: PeerCredentials;
  readonly transport: Transport;
  /** "ADDRESS:PORT" of a network client, "[ADDRESS]:PORT" with IPv6. */
  readonly remoteAddress: string | undefined;
  readonly connectedAt: Date;
  readonly auth: AuthMethod;
  readonly authenticator: Authenticator | undefined;
  /** False until the listener's `auth` is satisfied; always true with "none". */
  authenticated: boolean;
  /** The listener's path, for logs and `client-info`. */
  readonly socketPath: string;
  /** Sends a MESSAGE (serial 1). Closes the client when more than `maxQueuedBytes` wait for it. */
  sendEvent<R extends EventRow>(row: R, msg: Msg<R>): void;
  /**
   * Sends a ready-made frame, length word included (see `eventFrame`); bounded like `sendEvent`.
   * Not copied: do not change it afterwards.
   * @param firstWord takes the place of the first word of the body, for this client alone
   */
  sendRaw(frame: Uint8Array, firstWord?: number): void;
  /**
   * Whether the client may see an object, by the `aclFilter` of the row that asks or registered; undefined: all.
   * See `visible` for lists.
   */
  readonly maySee: ((filter: AclRule, object: AccessAttributes) => Promise<boolean>) | undefined;
  /** `sendRaw`, if the client may see the object; events keep their order. */
  sendVisible(
    frame: Uint8Array,
    filter: AclRule | undefined,
    object: () => AccessAttributes,
    firstWord?: number,
  ): void;
  /**
   * Answers the client's further calls by these services in place of the server's own; undefined: by those again.
   * The same array is looked through only once.
   */
  serveWith(services: readonly Service[] | undefined): void;
  /** Starts pinging the client by the server's `keepalive` limits; it asked by feature 10. Repeating does nothing. */
  startKeepalive(): void;
  /**
   * @param listener is told why the connection ended; nothing when we closed it
   * @returns takes the listener back
   */
  onClose(listener: (reason: CloseReason | undefined) => void): () => void;
  readonly isOpen: boolean;
  /** The open socket, for those who keep it beyond the end of this process; undefined over TLS. */
  readonly fd?: number | undefined;
  close(): void;
  /** Closes once everything queued, the running call's reply included, went out. */
  closeWhenSent(): void;
  /** State that services keep per connection. */
  readonly local: Map<symbol, unknown>;
}

export interface StreamOptions {
  sparse?: boolean;
  /** The work of the stream, beside the call; what it throws fails the stream. Nothing else catches it. */
  serve?: (stream: ServerStream) => Promise<void>;
}

/** One call being served. */
export interface Call {
  readonly client: Client;
  readonly row: CallRow;
  readonly serial: number;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** The descriptors sent with the call; the taker closes them. Those not taken are closed after the call. */
  takeFds(): number[];
  /** Descriptors to send behind the reply. They are closed here once sent, or if the call fails. */
  replyWithFds(fds: number[]): void;
  /** Opens the stream that starts behind the (empty) reply. Written chunks wait for the reply. */
  openStream(options?: StreamOptions): ServerStream;
}

/** Declared as a method, so that a table of handlers for known rows is also one for any rows. */
export type Handler<A, R> = {
  handler(args: A, call: Call): R | Encoded | Promise<R | Encoded>;
}["handler"];

/** The handlers of a table of rows; rows that are events have none. */
export type Handlers<P extends Rows = Rows> = {
  [K in keyof P as P[K] extends CallRow ? K : never]: P[K] extends CallRow
    ? Handler<Args<P[K]>, Ret<P[K]>>
    : never;
};

/** A call as it came, for those who pass it on without looking inside. */
export interface RawCall extends Call {
  /** A copy of the whole frame, length word included. */
  readonly frame: Buffer;
  /**
   * Takes the packets of the call's stream as they are. To be called before the reply is given.
   * @param listener gets a copy of each frame and calls `taken` when it went on; reading pauses if too many wait.
   *   No frame: the client is gone.
   */
  relayStream(listener: (frame: Buffer | undefined, taken: () => void) => void): RawStream;
}

/** The way back to the client. */
export interface RawStream {
  /** Sends a stream packet under the call's address; its type and status stay. @param sent it left */
  send(frame: Buffer, sent?: () => void): void;
  /** The peer has ended the stream: further packets of the client are dropped. */
  close(): void;
}

export interface RawReply {
  /** A whole reply frame; it gets the call's address. */
  readonly frame: Buffer;
  /** Descriptors behind it, closed here once sent. */
  readonly fds: number[];
}

/** What serves rows that have no handler of their own, from undecoded frames. */
export interface Fallback {
  /** Whether this row is served here; if not the answer is NO_SUPPORT. */
  accepts(row: CallRow): boolean;
  /** @throws VirError sent as error reply */
  call(call: RawCall): Promise<RawReply>;
}

/** What access drivers need to know of a service. */
export interface ServiceAccess {
  /** As "'QEMU' denied access" names it, and `connect_driver` in polkit's rules. */
  readonly driver: string;
  /**
   * The object that a call is about, found by what a client cannot make up (a domain's UUID, not the name beside it).
   * @param type the rule's object: "domain", "storage_pool"
   * @returns null if there is none, which the call itself is to report
   * @throws VirError what the call would throw, say for XML that is none
   */
  objectOf(
    type: string,
    args: unknown,
    call: Call,
  ): AccessAttributes | null | Promise<AccessAttributes | null>;
}

/** A program and who serves it. Rows without handler and fallback are answered with NO_SUPPORT. */
export interface Service<P extends Rows = Rows> {
  readonly program: Program<P>;
  readonly handlers: Partial<Handlers<P>>;
  /** Domain of errors that are our own bugs. */
  readonly errorDomain: ErrorDomain;
  /** Runs before each decoded call; throws what refuses it. */
  readonly gate?: (row: CallRow, client: Client) => void;
  readonly fallback?: Fallback;
  /** Without it a server with access drivers allows only what is about the connection. Not asked for raw calls. */
  readonly access?: ServiceAccess;
  /** Nothing in it is worth a rule: access drivers are not asked about its calls. */
  readonly isOpenToAll?: boolean;
}

/** How a stream ended: the client finished it, aborted it, or is gone (also: failed by us). */
export type StreamEnd = "finish" | "abort" | "failed" | "gone";

/** The server's end of a stream. */
export interface ServerStream {
  /**
   * Sends a chunk of any size; split into packets. Do not change the bytes before this resolves.
   * @returns when all of it left for the socket; wait for it before the next
   * @throws VirError OPERATION_ABORTED if the stream ended meanwhile
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Sends a run of zeros; only on a sparse stream. */
  hole(length: bigint): Promise<void>;
  /** Tells the client that there is no more data; it then finishes the stream. */
  end(): Promise<void>;
  /** Ends the stream with an error. */
  fail(error: VirError): void;
  /** Runs when the client finished, after `incoming` was read to its end and before the confirmation; may throw. */
  beforeFinish(step: () => void | Promise<void>): void;
  /**
   * Data from the client, until its end. A chunk is valid until the next one is asked for.
   * Ends early, without error, on abort or loss: look at `closed`.
   */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** The same of a sparse stream. */
  readonly incomingSparse: AsyncIterable<Uint8Array | Hole>;
  readonly closed: Promise<StreamEnd>;
}

export interface Limits {
  /** Connections over all sockets; accepting pauses there. 0 accepts none. */
  maxClients: number;
  /** Connections that have not authenticated yet; accepting pauses there. */
  maxAnonymousClients: number;
  /** Calls of one connection worked on plus the one being read; reading pauses there. */
  maxClientRequests: number;
  /** Bytes waiting for a slow reader of events before it is closed. */
  maxQueuedBytes: number;
  /** Seconds of silence before a ping; <= 0 never pings. */
  keepaliveInterval: number;
  /** Unanswered pings before a client is closed. */
  keepaliveCount: number;
  /**
   * Once `maxAnonymousClients` is reached, those that neither authenticate nor let us wait for somebody's password
   * are closed after this many milliseconds, so that they do not keep everybody out.
   */
  anonymousMs: number;
}

/** A connection that is safe to talk over. */
export interface Secured {
  readonly open: OpenSocket;
  readonly x509DistinguishedName?: string;
}

export interface ListenOptions {
  readOnly?: boolean;
  auth?: AuthMethod;
  /** Does what `auth` says; without it "polkit" lets root in and "sasl" nobody. */
  authenticator?: Authenticator;
  /** Default: unix. */
  transport?: Transport;
  /**
   * Runs before a client is served, at most as long as `handshakeMs`; it counts as one that has not authenticated.
   * The descriptor belongs to this function. @throws Error: the client is dropped
   */
  secure?: (fd: number, signal: AbortSignal) => Promise<Secured>;
  /** For logs only; binding and unlinking are the caller's. */
  path?: string;
  /** Lets a peer in or not, before anything is read. */
  accept?: (peer: PeerCredentials) => boolean;
}
