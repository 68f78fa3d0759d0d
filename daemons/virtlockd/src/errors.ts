import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";

/** Errors as the C daemon words them; clients show them to people and switch on code and domain. */

/** @param by " (by …)", for people: clients look at what stands before */
export const isLocked = (name: string, by = ""): VirError =>
  new VirError(ErrorDomain.LOCKSPACE, ErrorCode.RESOURCE_BUSY, `Lockspace resource '${name}' is locked${by}`);

export const notLocked = (name: string): VirError =>
  new VirError(ErrorDomain.LOCKSPACE, ErrorCode.RESOURCE_BUSY, `Lockspace resource '${name}' is not locked`);

export const notOwner = (pid: number): VirError =>
  internal(ErrorDomain.LOCKSPACE, `owner ${pid} does not hold the resource lock`);

export const notRegistered = (): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.OPERATION_INVALID, "lock owner details have not been registered");

export const restricted = (): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.OPERATION_DENIED, "lock manager connection has been restricted");

export const noLockspace = (path: string): VirError =>
  internal(ErrorDomain.RPC, `Lockspace for path ${path} does not exist`);

export const lockspaceExists = (path: string): VirError =>
  internal(ErrorDomain.RPC, `Lockspace for path ${path} already exists`);

export const defaultLockspaceExists = (): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.OPERATION_INVALID, "the default lockspace already exists");

export const notDirectory = (path: string): VirError =>
  internal(ErrorDomain.LOCKSPACE, `Lockspace location ${path} exists, but is not a directory`);

// differs: C joins directory and name whatever the name is
export const badName = (name: string): VirError =>
  new VirError(ErrorDomain.LOCKSPACE, ErrorCode.INVALID_ARG, `resource name '${name}' leaves its lockspace`);

/** @param cause what node:fs threw, or a positive errno; anything else is thrown on */
export function fileError(cause: unknown, what: string): VirError {
  if (typeof cause === "number") return systemError(ErrorDomain.LOCKSPACE, cause, what);
  if (isErrno(cause)) return systemError(ErrorDomain.LOCKSPACE, cause, what);
  throw cause;
}

function isErrno(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && "errno" in cause && typeof cause.errno === "number";
}

/** What is to outlive us could not be written (no room below /run, say). @param cause what node:fs threw */
export function notRecorded(cause: unknown): VirError {
  if (isErrno(cause)) return fileError(cause, "Unable to record locks");
  return internal(ErrorDomain.LOCKSPACE, "Unable to record locks", { cause });
}
