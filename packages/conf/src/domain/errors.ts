import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL" raised by the domain model. */
export const xmlError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, detail);

/** "XML error: DETAIL" raised while reading, before it is known what a part belongs to. */
export const readError = (detail: string): VirError =>
  new VirError(ErrorDomain.XML, ErrorCode.XML_ERROR, detail);

/** "XML error: DETAIL" raised by code that many models share. */
export const sharedXmlError = (detail: string): VirError =>
  new VirError(ErrorDomain.NONE, ErrorCode.XML_ERROR, detail);

/** "unsupported configuration: DETAIL" raised by the domain model. */
export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** "internal error: DETAIL" raised by the domain model. */
export const internalError = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INTERNAL_ERROR, detail);

/** Only what the host hands out may be kept from the guest. */
export const misplaced = (): VirError =>
  unsupported("address of type 'unassigned' is supported only for hostdevs");

/** A text without heading: what is written is well formed but makes no sense. */
export const xmlDetail = (text: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_DETAIL, text);

/** "invalid argument: DETAIL" raised by the domain model. */
export const invalidArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, detail);

/** "missing source information for device DEVICE" */
export const noSource = (device?: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.NO_SOURCE, device);

/** "missing target information for device DEVICE" */
export const noTarget = (device?: string): VirError =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.NO_TARGET, device);
