import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

export { unsupported, xmlError } from "@libvirt-ts/xml";

/** "internal error: DETAIL" raised by the domain model. */
export const internalError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INTERNAL_ERROR, detail);

/** A text without heading: what is written is well formed but makes no sense. */
export const xmlDetail = (text: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_DETAIL, text);

/** "invalid argument: DETAIL" raised by the domain model. */
export const invalidArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, detail);
