import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

export { unsupported, xmlError } from "@libvirt-ts/xml";

/** "internal error: DETAIL" raised by the domain model. */
export const internalError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INTERNAL_ERROR, detail);

/** A text of its own, without a heading, under the code of an unsupported configuration. */
export const bareUnsupported = (message: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.CONFIG_UNSUPPORTED, message, { message });
