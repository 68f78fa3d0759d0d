import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** An error of the RPC layer itself: code 39, domain 7, the text as it is. */
export const rpcError = (text: string, options?: ErrorOptions): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.RPC, text, options);

/** What calls in flight get when the connection is lost, worded as libvirt's client does. */
export const connectionLost = (options?: ErrorOptions): VirError =>
  new VirError(
    ErrorDomain.RPC,
    ErrorCode.SYSTEM_ERROR,
    "End of file while reading data: Input/output error",
    { int1: 5, ...options },
  );

/** What a call gets on a connection that is down already. */
export const connectionClosed = (): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.INTERNAL_ERROR, "client socket is closed");

export const streamAborted = (): VirError =>
  new VirError(ErrorDomain.STREAMS, ErrorCode.OPERATION_ABORTED, "the stream has ended");

export const keepaliveTimeout = (): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.INTERNAL_ERROR, "connection closed due to keepalive timeout");
