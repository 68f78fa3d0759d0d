import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the snapshot model. */
export const snapshotError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN_SNAPSHOT, ErrorCode.XML_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the snapshot model. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN_SNAPSHOT, ErrorCode.CONFIG_UNSUPPORTED, detail);
