import { ErrorCode, ErrorDomain, internal, noSupport, VirError } from "@libvirt-ts/errors";
import {
  type CallRow,
  FDS_MAX,
  FRAME_MIN,
  MessageStatus,
  MessageType,
  NetError,
  toNetError,
} from "@libvirt-ts/protocol";
import type { Connection } from "../connection.ts";
import { rpcError } from "../errors.ts";
import { type Address, offset, readdress } from "../frame.ts";
import { decodeAt } from "../scratch.ts";
import type { Entry } from "./dispatch-table.ts";
import { Encoded } from "./encoded.ts";
import { apiErrorDomain } from "./read-only.ts";
import { ServedCall } from "./served-call.ts";
import type { ClientHost, ServerClient } from "./server-client.ts";
import type { RawReply } from "./types.ts";

/** What an operator wants to read in the log. */
const authenticationFailures: ReadonlySet<number> = new Set([
  ErrorCode.AUTH_FAILED,
  ErrorCode.AUTH_CANCELLED,
  ErrorCode.AUTH_UNAVAILABLE,
  ErrorCode.ACCESS_DENIED,
]);

/** differs: libvirt notices while it sends, and closes the connection. */
const cannotSendFds = () =>
  internal(ErrorDomain.RPC, "Sending file descriptors is not supported on this socket");

/** Takes a client's calls from frame to reply. */
export class Dispatcher {
  readonly #host: ClientHost;
  readonly #client: ServerClient;
  readonly #connection: Connection;

  constructor(host: ClientHost, client: ServerClient, connection: Connection) {
    this.#host = host;
    this.#client = client;
    this.#connection = connection;
  }

  onCall(bytes: Buffer, start: number, end: number, fds: number[] | undefined): void {
    const prog = bytes.readUInt32BE(start + offset.prog);
    const vers = bytes.readUInt32BE(start + offset.vers);
    const serial = bytes.readUInt32BE(start + offset.serial);
    const proc = bytes.readInt32BE(start + offset.proc);
    const status = bytes.readUInt32BE(start + offset.status);
    const table = this.#client.tables.find(prog, vers);
    const entry = table?.entry(proc);
    let refusal: string | undefined;
    if (table === undefined) refusal = `Cannot find program ${prog | 0} version ${vers | 0}`;
    else if (status !== MessageStatus.OK) refusal = `Unexpected message status ${status}`;
    else if (entry === undefined) refusal = `unknown procedure: ${proc}`;
    else if (entry.row.needAuth && !this.#client.authenticated) refusal = "authentication required";
    if (refusal !== undefined || entry === undefined) {
      if (fds !== undefined) this.#client.closeFds(fds);
      this.sendError({ prog, vers, proc, serial }, MessageType.REPLY, rpcError(refusal ?? ""));
      return;
    }
    const call = new ServedCall(this.#client, entry, serial, fds);
    const { log } = this.#host;
    if (log.isLevelEnabled("debug"))
      log.debug({ client: this.#client.id, proc: entry.row.name, serial }, "call");
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
    this.#client.beginRequest();
    result.then(
      (value: unknown) => {
        this.#reply(call, value);
        this.#client.endRequest();
      },
      (thrown: unknown) => {
        this.#fail(call, thrown);
        this.#client.endRequest();
      },
    );
  }

  #handle(call: ServedCall, entry: Entry, bytes: Buffer, body: number, end: number): unknown {
    const { row, service, handler, readOnlyRule, argumentRule, accessRules } = entry;
    const args = row.args === null ? undefined : this.#decode(row.args, bytes, body, end);
    service.gate?.(row, this.#client);
    if (argumentRule !== undefined) for (const check of argumentRule.first) check(args);
    if (this.#client.readOnly) readOnlyRule?.(args);
    if (argumentRule !== undefined) for (const check of argumentRule.then) check(args);
    if (handler === undefined) throw noSupport(row.api ?? row.name, apiErrorDomain(row));
    const { access } = this.#host;
    if (access !== undefined && accessRules !== undefined) {
      return access.checkCall(accessRules, service, args, call).then(() => handler(args, call));
    }
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
    entry.service.gate?.(entry.row, this.#client);
    call.frame = Buffer.from(bytes.subarray(start, end));
    return entry.service.fallback!.call(call); // raw entries come from a service with a fallback
  }

  #reply(call: ServedCall, value: unknown): void {
    const { row } = call.entry;
    const fds = call.takeReplyFds();
    const type = fds.length > 0 ? MessageType.REPLY_WITH_FDS : MessageType.REPLY;
    try {
      if (fds.length > FDS_MAX) throw rpcError(`too many descriptors to send: ${fds.length}`);
      if (fds.length > 0 && this.#client.transport !== "unix") throw cannotSendFds();
      if (call.entry.isRaw)
        this.#sendRawReply(call, value as RawReply); // what #relay promised
      else if (value instanceof Encoded) {
        this.#connection.sendBody(call, type, MessageStatus.OK, value.bytes, { fds });
      } else this.#connection.send(call, type, MessageStatus.OK, row.ret, value, fds);
    } catch (thrown) {
      this.#client.closeFds(fds);
      this.#fail(call, thrown);
      return;
    }
    call.release(true);
    call.stream?.start();
    this.#client.onAnswered();
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
    this.sendError(call, MessageType.REPLY, error);
    this.#client.onAnswered();
  }

  sendError(address: Address, type: number, error: VirError): void {
    this.#connection.send(address, type, MessageStatus.ERROR, NetError, toNetError(error));
  }

  /** Makes a VirError of what a handler threw. What is none is our own bug, logged with its stack. */
  convertError(thrown: unknown, domain: ErrorDomain, row?: CallRow): VirError {
    const error = VirError.from(thrown, domain);
    const { log } = this.#host;
    if (error !== thrown)
      log.error({ client: this.#client.id, proc: row?.name, err: thrown }, "call failed unexpectedly");
    else if (authenticationFailures.has(error.code))
      log.warn({ client: this.#client.id, proc: row?.name, err: error }, "client not authenticated");
    else if (log.isLevelEnabled("debug"))
      log.debug({ client: this.#client.id, proc: row?.name, err: error }, "call failed");
    return error;
  }
}
