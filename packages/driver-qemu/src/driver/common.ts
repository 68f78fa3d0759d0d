import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  type Affected,
  affected as affectedOf,
  affectedOne as affectedOneOf,
  findDomain,
  type RemoteHandlers,
  wireDomain,
} from "@libvirt-ts/hypervisor";
import type { QemuDomain } from "../guest.ts";

export { findDomain, type RemoteHandlers, wireDomain };

export const invalid = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, detail);

export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

export const badArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, detail);

/** Which definitions a call is about. @throws VirError OPERATION_INVALID when the wanted one does not exist */
export const affected = (domain: QemuDomain, flags: number): Affected =>
  affectedOf(domain, flags, ErrorDomain.QEMU);

/** As `affected`, for calls that read: they look at one definition only. */
export const affectedOne = (domain: QemuDomain, flags: number): QemuDomain["def"] =>
  affectedOneOf(domain, flags, ErrorDomain.QEMU);
