export { ErrorCode } from "./code.ts";
export { ErrorDomain } from "./domain.ts";
export { headings } from "./headings.ts";
export { checkFlags, internal, invalidArg, noSupport, systemError } from "./makers.ts";
export { errnoName, strerror } from "./strerror.ts";
export { ErrorLevel, VirError, type VirErrorOptions } from "./vir-error.ts";
