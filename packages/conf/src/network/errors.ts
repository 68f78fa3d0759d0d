import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the network model. */
export const networkError = (detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.XML_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the network model. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** A text without heading. */
export const networkDetail = (text: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.XML_DETAIL, text);
