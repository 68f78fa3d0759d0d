import { DomainModificationImpact } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Named, Registry } from "@libvirt-ts/objects";
import type { NonnullDomain, remote } from "@libvirt-ts/protocol";
import type { Client, Handlers } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { Domain } from "../domain.ts";
import type { DomainEvents } from "../domain-events.ts";

/** A part of what a driver serves of the remote program. */
export type RemoteHandlers = Partial<Handlers<typeof remote.procs>>;

/** A domain whatever its driver keeps with it. */
export type AnyDomain = Domain<Named, unknown>;

/** What the calls that are the same for all hypervisors need of a driver. */
export interface DomainDriver<D extends AnyDomain = AnyDomain> {
  readonly domains: Registry<D>;
  readonly events: DomainEvents<Client>;
  /** As libvirt's source names its functions, which clients see in texts: "qemu", "test". */
  readonly prefix: string;
  /** Whose errors these are. */
  readonly errorDomain: ErrorDomain;
}

/** The domain as clients know it. */
export const wireDomain = ({ name, uuidBytes, id }: AnyDomain): NonnullDomain => ({
  name,
  uuid: uuidBytes,
  id,
});

/**
 * The domain a call is about: by UUID, whatever name the client remembers.
 * @throws VirError NO_DOMAIN
 */
export function findDomain<D extends AnyDomain>(
  { domains, errorDomain }: Pick<DomainDriver<D>, "domains" | "errorDomain">,
  { uuid, name }: Pick<NonnullDomain, "uuid" | "name">,
): D {
  const text = formatUuid(uuid);
  const domain = domains.byUuid(text);
  if (!domain)
    throw new VirError(errorDomain, ErrorCode.NO_DOMAIN, `no domain with matching uuid '${text}' (${name})`);
  return domain;
}

/**
 * The domain a definition belongs to, by UUID.
 * @throws VirError OPERATION_FAILED when name and UUID belong to different ones
 */
export function findSame<D extends AnyDomain>(
  { domains }: Pick<DomainDriver<D>, "domains">,
  def: Named,
): D | undefined {
  const taken = (detail: string) => new VirError(ErrorDomain.DOMAIN, ErrorCode.OPERATION_FAILED, detail);
  const byUuid = domains.byUuid(def.uuid);
  if (byUuid && byUuid.name !== def.name)
    throw taken(`domain '${byUuid.name}' is already defined with uuid ${def.uuid}`);
  const byName = domains.byName(def.name);
  if (byName && byName.uuid !== def.uuid)
    throw taken(`domain '${def.name}' already exists with uuid ${byName.uuid}`);
  return byUuid;
}

/** Which definitions a call is about. */
export interface Affected {
  live: boolean;
  config: boolean;
}

const { LIVE, CONFIG, CURRENT } = DomainModificationImpact;

/**
 * Resolves "current" into what it means for this domain now.
 * @throws VirError OPERATION_INVALID when the wanted definition does not exist
 */
export function affected(domain: AnyDomain, flags: number): Affected {
  const isCurrent = (flags & (LIVE | CONFIG)) === CURRENT;
  const live = (flags & LIVE) !== 0 || (isCurrent && domain.isActive);
  const config = (flags & CONFIG) !== 0 || (isCurrent && !domain.isActive);
  if (live) domain.requireActive();
  if (config && !domain.isPersistent)
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.OPERATION_INVALID,
      "transient domains do not have any persistent config",
    );
  return { live, config };
}

/** @throws VirError INVALID_ARG when a call that takes one definition is given both */
export function refuseBoth(flags: number): void {
  if ((flags & LIVE) === 0 || (flags & CONFIG) === 0) return;
  const message = "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive";
  throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
}

/** As `affected`, for calls that look at one definition only. */
export function affectedOne<T extends Named>(domain: Domain<T, unknown>, flags: number): T {
  refuseBoth(flags);
  const { live } = affected(domain, flags);
  return live ? domain.def : (domain.config ?? domain.def);
}
