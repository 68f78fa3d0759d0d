import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { affected, affectedOne, findDomain, type RemoteHandlers, wireDomain } from "@libvirt-ts/hypervisor";

export { affected, affectedOne, findDomain, type RemoteHandlers, wireDomain };

export const invalid = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, detail);

export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

export const badArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, detail);
