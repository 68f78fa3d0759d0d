import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the interface model. */
export const interfaceError = (detail: string): VirError =>
  new VirError(ErrorDomain.INTERFACE, ErrorCode.XML_ERROR, detail);
