import { once } from "node:events";
import { connect as connectNet, type Socket as NetSocket } from "node:net";
import { checkServerIdentity, connect as connectSecure, type TLSSocket } from "node:tls";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { RpcClient } from "../client/index.ts";
import { streamSocket } from "./stream-socket.ts";
import type { TlsCredentials } from "./tls-credentials.ts";

export interface RemoteAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws VirError SYSTEM_ERROR "unable to connect to server at 'HOST:PORT': ..."; the reason of an aborted `signal` */
export async function connectTcp(to: RemoteAddress, signal?: AbortSignal): Promise<RpcClient> {
  const socket = connectNet({ ...to, noDelay: true });
  await connected(socket, "connect", to, signal);
  return RpcClient.over(streamSocket(socket));
}

export interface TlsClientOptions {
  readonly credentials: Partial<TlsCredentials>;
  /** False takes any server. */
  readonly verifyServer?: boolean;
}

/**
 * Connects with TLS and waits until the server has accepted our certificate.
 * @throws VirError SYSTEM_ERROR, or RPC when the server does not want us
 */
export async function connectTls(
  to: RemoteAddress,
  { credentials, verifyServer = true }: TlsClientOptions,
  signal?: AbortSignal,
): Promise<RpcClient> {
  const socket = connectSecure({
    ...to,
    ...credentials,
    rejectUnauthorized: verifyServer,
    checkServerIdentity: (_, certificate) => checkServerIdentity(to.host, certificate),
  });
  await connected(socket, "secureConnect", to, signal);
  await accepted(socket);
  return RpcClient.over(streamSocket(socket));
}

async function connected(
  socket: NetSocket,
  event: string,
  { host, port }: RemoteAddress,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await once(socket, event, signal && { signal });
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const what = `unable to connect to server at '${host}:${port}'`;
    if ("errno" in error && typeof error.errno === "number")
      throw systemError(ErrorDomain.RPC, error.errno, what);
    throw new VirError(ErrorDomain.RPC, ErrorCode.SYSTEM_ERROR, `${what}: ${error.message}`, {
      cause: error,
    });
  }
}

/** The server's first byte: 1 if our certificate is fine with it. */
async function accepted(socket: TLSSocket): Promise<void> {
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure = error;
  };
  socket.on("error", onError);
  const verdict = await new Promise<number | undefined>((resolve) => {
    const done = () => {
      const byte: Buffer | null = socket.read(1);
      if (byte === null && !socket.readableEnded && !socket.destroyed) return;
      for (const event of ["readable", "end", "close"]) socket.off(event, done);
      resolve(byte?.[0]);
    };
    for (const event of ["readable", "end", "close"]) socket.on(event, done);
    done();
  });
  socket.off("error", onError);
  if (verdict === 1) return;
  socket.destroy();
  const text = "server verification (of our certificate or IP address) failed";
  throw new VirError(ErrorDomain.RPC, ErrorCode.SYSTEM_ERROR, text, failure && { cause: failure });
}
