import type { VirError } from "@libvirt-ts/errors";
import { native as systemNative } from "@libvirt-ts/native";
import {
  type Args,
  type CallRow,
  type EventRow,
  FRAME_MIN,
  fromNetError,
  keepalive as keepaliveProgram,
  MessageStatus,
  MessageType,
  type Msg,
  NetError,
  type Ret,
} from "@libvirt-ts/protocol";
import { type Deferred, deferred } from "@libvirt-ts/util/deferred";
import { type CloseReason, Connection, type ConnectionOwner } from "../connection.ts";
import { connectionClosed, connectionLost, keepaliveTimeout, rpcError, streamAborted } from "../errors.ts";
import { type Address, isReply, isStream, offset, readAddress, readdress, sameAddress } from "../frame.ts";
import { type KeepaliveHandle, keepalive as sharedKeepalive } from "../keepalive.ts";
import { decodeAt } from "../scratch.ts";
import { type OpenSocket, UnixSocket } from "../socket.ts";
import { ClientStream } from "./client-stream.ts";
import { type ConnectOptions, connectUnix } from "./connect.ts";
import type { Pending, StreamSink } from "./pending.ts";
import { type RawStreamListener, RelayedClientStream } from "./relayed-stream.ts";

export interface CallOptions {
  /** Descriptors sent behind the call; closed here once sent. */
  fds?: readonly number[];
}

export interface RawReply {
  readonly frame: Buffer;
  readonly fds: number[];
}

const pong: Address = {
  prog: keepaliveProgram.number,
  vers: keepaliveProgram.version,
  proc: keepaliveProgram.procs.pong.number,
  serial: 0,
};
const ping: Address = { ...pong, proc: keepaliveProgram.procs.ping.number };
const noFds: readonly number[] = [];

type MessageListener = (bytes: Buffer, start: number, end: number) => void;

/** The client's end of one connection: calls and streams out, replies and events in. Answers keepalive pings. */
export class RpcClient implements ConnectionOwner {
  readonly pausesWhenFull = false;
  readonly #connection: Connection;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, StreamSink>();
  readonly #listeners = new Set<MessageListener>();
  readonly #closed: Deferred<VirError | undefined> = deferred();
  #keepalive: KeepaliveHandle | undefined;
  #lastSerial = -1;
  #held = false;
  /** Streams whose readers are far behind. */
  readonly #slow = new Set<ClientStream>();
  #why: VirError | undefined;

  private constructor(open: OpenSocket) {
    this.#connection = new Connection(this, open);
  }

  /**
   * @param target path of a UNIX socket, or a connected descriptor, which then belongs to the client
   * @throws VirError SYSTEM_ERROR; the reason of an aborted `signal`
   */
  static async connect(target: string | number, options: ConnectOptions = {}): Promise<RpcClient> {
    const fd = typeof target === "number" ? target : await connectUnix(systemNative, target, options);
    return RpcClient.over((events) => new UnixSocket(systemNative, fd, events));
  }

  /** A client on any socket. */
  static over(open: OpenSocket): RpcClient {
    return new RpcClient(open);
  }

  /** Settles when the connection is down: with the reason, or undefined after our own `close()`. */
  get closed(): Promise<VirError | undefined> {
    return this.#closed.promise;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** @throws VirError as sent by the peer, or when the connection is or gets lost */
  call<R extends CallRow>(row: R, args: Args<R>, options?: CallOptions): Promise<Ret<R>> {
    return new Promise((resolve, reject) => {
      this.#request(row, args, options, reject, (ret, fds) => {
        this.#closeFds(fds);
        resolve(ret);
      });
    });
  }

  /** As `call`; the descriptors that came with the reply are the caller's. */
  callWithFds<R extends CallRow>(
    row: R,
    args: Args<R>,
    options?: CallOptions,
  ): Promise<{ ret: Ret<R>; fds: number[] }> {
    return new Promise((resolve, reject) => {
      this.#request(row, args, options, reject, (ret, fds) => resolve({ ret, fds: [...fds] }));
    });
  }

  /** Calls a procedure that has a stream, which is open once the reply is here. */
  openStream<R extends CallRow>(
    row: R,
    args: Args<R>,
    { sparse = false }: { sparse?: boolean } = {},
  ): Promise<{ ret: Ret<R>; stream: ClientStream }> {
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        stream?.onLost(streamAborted());
        reject(error);
      };
      const address = this.#request(row, args, undefined, failed, (ret, fds) => {
        this.#closeFds(fds);
        if (stream !== undefined) resolve({ ret, stream });
      });
      const stream = address && new ClientStream(this.#connection, address, sparse, this.#streamHost);
      if (stream !== undefined) this.#streams.set(stream.address.serial, stream);
    });
  }

  /**
   * Sends a whole frame under a serial of this connection.
   * @param frame its serial is overwritten
   * @param fds sent behind it and then closed
   * @param stream takes the packets of the call's stream
   * @returns the reply, an error too, under our serial
   * @throws VirError when the connection is or gets lost
   */
  callRaw(frame: Buffer, fds: readonly number[] = noFds, stream?: RawStreamListener): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        this.#closeFds(fds);
        return reject(this.#why ?? connectionClosed());
      }
      const address: Address = { ...readAddress(frame), serial: this.#nextSerial() };
      this.#pending.set(address.serial, {
        address,
        onReply: (bytes, start, end, replyFds) =>
          resolve({ frame: Buffer.from(bytes.subarray(start, end)), fds: [...replyFds] }),
        onLost: reject,
      });
      if (stream !== undefined) {
        const relay = new RelayedClientStream(this.#connection, address, stream, this.#removeStream);
        this.#streams.set(address.serial, relay);
        stream.onOpen(relay);
      }
      this.#connection.sendFrame(readdress(frame, address), { fds });
    });
  }

  /** @returns takes the listener back */
  onEvent<R extends EventRow>(row: R, listener: (msg: Msg<R>) => void): () => void {
    const decoded = (bytes: Buffer, start: number, end: number) => {
      const msg = row.msg === null ? undefined : decodeAt(row.msg, bytes, start + FRAME_MIN, end);
      listener(msg as Msg<R>); // decoded by the row's own codec
    };
    return this.#listen((bytes, start, end) => {
      const { prog, vers, proc } = readAddress(bytes, start);
      if (proc !== row.number || prog !== row.program.number || vers !== row.program.version) return;
      decoded(bytes, start, end);
    });
  }

  /** Every MESSAGE but keepalive, as a copy of the whole frame. @returns takes the listener back */
  onMessage(listener: (frame: Buffer) => void): () => void {
    return this.#listen((bytes, start, end) => listener(Buffer.from(bytes.subarray(start, end))));
  }

  /** Pings the peer after `interval` seconds of silence, closes after `count` unanswered pings. */
  startKeepalive(options: { interval: number; count: number }): void {
    if (this.#keepalive !== undefined || !this.isOpen) return;
    const peer = {
      ping: () => this.#connection.sendBody(ping, MessageType.MESSAGE, MessageStatus.OK),
      dead: () => this.#fail(keepaliveTimeout()),
      isReading: () => this.#connection.isReading,
    };
    this.#keepalive = sharedKeepalive.track(peer, options);
  }

  /** Stops reading, or goes on: for those who cannot take more. */
  hold(on: boolean): void {
    this.#held = on;
    this.#updateHold();
  }

  /** Calls in flight fail. */
  close(): void {
    this.#connection.close();
  }

  // --- what the connection reports

  onReceived(): void {
    this.#keepalive?.heard();
  }

  onFrame(bytes: Buffer, start: number, end: number, fds: readonly number[] = noFds): boolean {
    const type = bytes.readUInt32BE(start + offset.type);
    if (isReply(type)) this.#onReply(bytes, start, end, fds);
    else {
      this.#closeFds(fds);
      if (isStream(type)) this.#onStreamPacket(type, bytes, start, end);
      else if (type === MessageType.MESSAGE) this.#onMessage(bytes, start, end);
    }
    return true;
  }

  onGone(reason: CloseReason | undefined): void {
    const why = this.#why ?? (reason && lossOf(reason));
    this.#why = why;
    this.#keepalive?.stop();
    const waiting = [...this.#pending.values(), ...this.#streams.values()];
    this.#pending.clear();
    this.#streams.clear();
    for (const each of waiting) each.onLost(why ?? connectionClosed());
    this.#closed.resolve(why);
  }

  #fail(why: VirError): void {
    this.#why = why;
    this.#connection.close();
  }

  #onReply(bytes: Buffer, start: number, end: number, fds: readonly number[]): void {
    const from = readAddress(bytes, start);
    const pending = this.#pending.get(from.serial);
    if (pending === undefined || !sameAddress(pending.address, from)) {
      this.#closeFds(fds);
      this.#onHoleRefused(from, bytes, start, end);
      return;
    }
    this.#pending.delete(from.serial);
    if (this.#slow.size > 0) this.#updateHold();
    pending.onReply(bytes, start, end, fds);
  }

  /** Errors for holes come as replies. */
  #onHoleRefused(from: Address, bytes: Buffer, start: number, end: number): void {
    const stream = this.#streams.get(from.serial);
    if (stream === undefined || !sameAddress(stream.address, from)) return;
    stream.onPacket(MessageType.REPLY, bytes.readUInt32BE(start + offset.status), bytes, start, end);
  }

  #onStreamPacket(type: number, bytes: Buffer, start: number, end: number): void {
    const from = readAddress(bytes, start);
    const stream = this.#streams.get(from.serial);
    if (stream === undefined || !sameAddress(stream.address, from)) return;
    stream.onPacket(type, bytes.readUInt32BE(start + offset.status), bytes, start, end);
  }

  #onMessage(bytes: Buffer, start: number, end: number): void {
    const { prog, proc } = readAddress(bytes, start);
    if (prog === ping.prog) {
      if (proc === ping.proc) this.#connection.sendBody(pong, MessageType.MESSAGE, MessageStatus.OK);
      return;
    }
    for (const listener of this.#listeners) listener(bytes, start, end);
  }

  // --- requests

  #nextSerial(): number {
    this.#lastSerial = (this.#lastSerial + 1) >>> 0;
    return this.#lastSerial;
  }

  /** @returns the call's address, or undefined if it failed at once */
  #request<R extends CallRow>(
    row: R,
    args: Args<R>,
    { fds = noFds }: CallOptions = {},
    reject: (error: unknown) => void,
    resolve: (ret: Ret<R>, fds: readonly number[]) => void,
  ): Address | undefined {
    const { number: prog, version: vers } = row.program;
    const address: Address = { prog, vers, proc: row.number, serial: this.#nextSerial() };
    const type = fds.length > 0 ? MessageType.CALL_WITH_FDS : MessageType.CALL;
    try {
      if (!this.isOpen) throw this.#why ?? connectionClosed();
      this.#connection.send(address, type, MessageStatus.OK, row.args, args, fds);
    } catch (error) {
      this.#closeFds(fds);
      reject(error);
      return undefined;
    }
    this.#pending.set(address.serial, {
      address,
      onReply: (bytes, start, end, replyFds) => {
        let ret: Ret<R>;
        try {
          ret = readReply(row, bytes, start, end);
        } catch (error) {
          this.#closeFds(replyFds);
          return reject(error);
        }
        resolve(ret, replyFds);
      },
      onLost: reject,
    });
    if (this.#slow.size > 0) this.#updateHold();
    return address;
  }

  #listen(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A slow reader holds everything up, unless someone waits for a reply. */
  #updateHold(): void {
    this.#connection.hold(this.#held || (this.#slow.size > 0 && this.#pending.size === 0));
  }

  readonly #streamHost = {
    remove: (stream: ClientStream) => {
      this.#streams.delete(stream.address.serial);
      if (this.#slow.delete(stream)) this.#updateHold();
    },
    slow: (stream: ClientStream, on: boolean) => {
      if (on) this.#slow.add(stream);
      else this.#slow.delete(stream);
      this.#updateHold();
    },
  };

  readonly #removeStream = (address: Address): void => {
    this.#streams.delete(address.serial);
  };

  #closeFds(fds: readonly number[]): void {
    for (const fd of fds) this.#connection.closeFd(fd);
  }
}

/** @throws VirError as the peer sent it, or if the reply cannot be decoded */
function readReply<R extends CallRow>(row: R, bytes: Buffer, start: number, end: number): Ret<R> {
  if (bytes.readUInt32BE(start + offset.status) === MessageStatus.ERROR) {
    throw fromNetError(decodeAt(NetError, bytes, start + FRAME_MIN, end));
  }
  if (row.ret === null) return undefined as Ret<R>; // its Ret is void
  const carried = bytes.readUInt32BE(start + offset.type) === MessageType.REPLY_WITH_FDS ? 4 : 0;
  return decodeAt(row.ret, bytes, start + FRAME_MIN + carried, end) as Ret<R>; // the row's own codec
}

function lossOf({ what, detail }: CloseReason): VirError {
  return what === "framing" ? rpcError(`received a ${detail}`) : connectionLost();
}
