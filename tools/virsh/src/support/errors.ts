import { ErrorCode, VirError } from "@libvirt-ts/errors";

/** The driver has no such call. */
export const isNoSupport = (error: unknown): error is VirError =>
  error instanceof VirError && error.code === ErrorCode.NO_SUPPORT;
