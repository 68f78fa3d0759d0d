import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "internal error: DETAIL" raised by the node device model. */
export const internalError = (detail: string): VirError =>
  new VirError(ErrorDomain.NODEDEV, ErrorCode.INTERNAL_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the node device model. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.NODEDEV, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** "XML error: DETAIL" raised by the node device model. */
export const nodedevError = (detail: string): VirError =>
  new VirError(ErrorDomain.NODEDEV, ErrorCode.XML_ERROR, detail);
