import { NetworkUpdateFlags as Flag } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** Which definitions of a network a call with `VIR_NETWORK_UPDATE_AFFECT_*` flags is about. */
export interface NetworkImpact {
  live: boolean;
  config: boolean;
}

export const networkImpactFlags: number = Flag.AFFECT_LIVE | Flag.AFFECT_CONFIG;

/** No flag means the running network if it runs, else the stored one. @throws VirError OPERATION_INVALID */
export function networkImpact(
  { isActive, isPersistent }: { readonly isActive: boolean; readonly isPersistent: boolean },
  flags: number,
): NetworkImpact {
  const named = flags & networkImpactFlags;
  const chosen = named === 0 ? (isActive ? Flag.AFFECT_LIVE : Flag.AFFECT_CONFIG) : named;
  const impact = { live: (chosen & Flag.AFFECT_LIVE) !== 0, config: (chosen & Flag.AFFECT_CONFIG) !== 0 };
  if (impact.live && !isActive) throw invalid("network is not running");
  if (impact.config && !isPersistent) throw invalid("cannot change persistent config of a transient network");
  return impact;
}

const invalid = (detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.OPERATION_INVALID, detail);
