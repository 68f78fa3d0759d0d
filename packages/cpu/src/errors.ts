import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

export const cpuError = (code: ErrorCode, detail: string): VirError =>
  new VirError(ErrorDomain.CPU, code, detail);

export const unknownModel = (name: string): VirError =>
  cpuError(ErrorCode.INTERNAL_ERROR, `Unknown CPU model ${name}`);

export const unknownFeature = (name: string): VirError =>
  cpuError(ErrorCode.INTERNAL_ERROR, `Unknown CPU feature ${name}`);

/** The hypervisor does not have the model, and no other may take its place. */
export const modelNotSupported = (name: string): VirError =>
  cpuError(ErrorCode.CONFIG_UNSUPPORTED, `CPU model ${name} is not supported by hypervisor`);
