import { DomainModificationImpact } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { NonnullDomain, remote } from "@libvirt-ts/protocol";
import type { Handlers } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/** A part of what the driver serves of the remote program. */
export type RemoteHandlers = Partial<Handlers<typeof remote.procs>>;

export const invalid = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, detail);

export const unsupported = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

export const badArgument = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, detail);

/** The domain as clients know it. */
export const wireDomain = ({ name, uuidBytes, id }: QemuDomain): NonnullDomain => ({
  name,
  uuid: uuidBytes,
  id,
});

/**
 * The domain a call is about: by UUID, whatever name the client remembers.
 * @throws VirError NO_DOMAIN
 */
export function findDomain(
  driver: QemuDriver,
  { uuid, name }: Pick<NonnullDomain, "uuid" | "name">,
): QemuDomain {
  const text = formatUuid(uuid);
  const domain = driver.domains.byUuid(text);
  if (!domain) throw noDomain(`no domain with matching uuid '${text}' (${name})`);
  return domain;
}

export const noDomain = (detail: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, detail);

/** Which definitions a call is about. */
export interface Affected {
  live: boolean;
  config: boolean;
}

/**
 * Resolves "current" into what it means for this domain now.
 * @throws VirError OPERATION_INVALID when the wanted definition does not exist
 */
export function affected(domain: QemuDomain, flags: number): Affected {
  const isCurrent =
    (flags & (DomainModificationImpact.LIVE | DomainModificationImpact.CONFIG)) ===
    DomainModificationImpact.CURRENT;
  const live = (flags & DomainModificationImpact.LIVE) !== 0 || (isCurrent && domain.isActive);
  const config = (flags & DomainModificationImpact.CONFIG) !== 0 || (isCurrent && !domain.isActive);
  if (live) domain.requireActive();
  if (config && !domain.isPersistent) throw invalid("transient domains do not have any persistent config");
  return { live, config };
}

/** As `affected`, for calls that read: they look at one definition only. */
export function affectedOne(domain: QemuDomain, flags: number): QemuDomain["def"] {
  if ((flags & DomainModificationImpact.LIVE) !== 0 && (flags & DomainModificationImpact.CONFIG) !== 0)
    throw badArgument("flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive");
  const { live } = affected(domain, flags);
  return live ? domain.def : (domain.config ?? domain.def);
}
