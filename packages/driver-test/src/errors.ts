import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";

/** Errors of this driver, by what they say. */
export const invalid = (detail?: string): VirError =>
  new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_INVALID, detail);

export const badArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.TEST, ErrorCode.INVALID_ARG, detail);

export const failed = (detail: string): VirError =>
  new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_FAILED, detail);

export const broken = (detail: string): VirError => internal(ErrorDomain.TEST, detail);

/** @param code of the kind of object */
export const notFound = (code: ErrorCode, detail?: string): VirError =>
  new VirError(ErrorDomain.TEST, code, detail);
