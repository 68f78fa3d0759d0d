import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the backup model. */
export const backupError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the backup model. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.CONFIG_UNSUPPORTED, detail);
