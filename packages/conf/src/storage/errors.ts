import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the storage models. */
export const storageError = (detail: string): VirError =>
  new VirError(ErrorDomain.STORAGE, ErrorCode.XML_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the storage models. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.STORAGE, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** A text without heading. */
export const storageDetail = (text: string): VirError =>
  new VirError(ErrorDomain.STORAGE, ErrorCode.XML_DETAIL, text);
