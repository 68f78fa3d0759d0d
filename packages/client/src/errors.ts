import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "no connection driver available for URI" */
export const noDriver = (uri: string): VirError => new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, uri);

/** What is wrong with a URI or with the transport it asks for. */
export const badUri = (detail: string): VirError =>
  new VirError(ErrorDomain.REMOTE, ErrorCode.INVALID_ARG, detail);
