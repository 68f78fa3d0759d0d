import { ErrorCode } from "./code.ts";
import { ErrorDomain } from "./domain.ts";
import { strerror } from "./strerror.ts";
import { VirError } from "./vir-error.ts";

/** "this function is not supported by the connection driver: virDomainXyz" */
export const noSupport = (apiName: string, domain: ErrorDomain = ErrorDomain.DOMAIN): VirError =>
  new VirError(domain, ErrorCode.NO_SUPPORT, apiName);

export const invalidArg = (domain: ErrorDomain, detail: string): VirError =>
  new VirError(domain, ErrorCode.INVALID_ARG, detail);

export const internal = (domain: ErrorDomain, detail: string, options?: ErrorOptions): VirError =>
  new VirError(domain, ErrorCode.INTERNAL_ERROR, detail, options);

/**
 * INVALID_ARG "unsupported flags (0x8) in function NAME", without the code's heading, as libvirt words it.
 * @throws VirError if a bit of `flags` is not in `known`
 */
export function checkFlags(flags: number, known: number, functionName: string, domain: ErrorDomain): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown === 0) return;
  const message = `unsupported flags (0x${unknown.toString(16)}) in function ${functionName}`;
  const wire = { message, str1: functionName, str2: "flags", int1: 0, int2: 0 };
  throw new VirError(domain, ErrorCode.INVALID_ARG, message, wire);
}

/**
 * SYSTEM_ERROR: "<what>: <strerror>", errno in `int1`.
 * @param errno positive errno, or an error thrown by Node that carries one
 */
export function systemError(
  domain: ErrorDomain,
  errno: number | NodeJS.ErrnoException,
  what: string,
): VirError {
  const cause = typeof errno === "number" ? undefined : errno;
  const number = Math.abs(typeof errno === "number" ? errno : (errno.errno ?? 0));
  return new VirError(domain, ErrorCode.SYSTEM_ERROR, `${what}: ${strerror(number)}`, {
    int1: number,
    cause,
  });
}
