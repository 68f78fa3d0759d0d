import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "internal error: DETAIL" raised by the filter model (libvirt's word for most of what a rule can get wrong). */
export const internalError = (detail: string): VirError =>
  new VirError(ErrorDomain.NWFILTER, ErrorCode.INTERNAL_ERROR, detail);

/** "invalid argument: DETAIL" raised by the filter model. */
export const invalidArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.NWFILTER, ErrorCode.INVALID_ARG, detail);

/** "XML error: DETAIL" raised by the filter model. */
export const nwfilterXmlError = (detail: string): VirError =>
  new VirError(ErrorDomain.NWFILTER, ErrorCode.XML_ERROR, detail);
