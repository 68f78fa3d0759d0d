import type { NonnullNetwork, remote } from "@libvirt-ts/protocol";
import type { Handlers } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";
import { operationInvalid } from "../errors.ts";
import type { Network } from "../network.ts";

/** The part of the remote program that one file here answers. */
export type NetworkHandlers = Partial<Handlers<typeof remote.procs>>;

/** The network a call means. @throws VirError NO_NETWORK */
export function networkOf(driver: NetworkDriver, { name, uuid }: NonnullNetwork): Network {
  return driver.byUuid(formatUuid(uuid), name);
}

/** Which definitions a call with `VIR_NETWORK_UPDATE_AFFECT_*` flags changes. */
export interface Impact {
  live: boolean;
  config: boolean;
}

const LIVE = 1;
const CONFIG = 2;
export const impactFlags = LIVE | CONFIG;

/** No flag means the running network if it runs, else the stored one. @throws VirError OPERATION_INVALID */
export function impactOf(network: Network, flags: number): Impact {
  const named = flags & impactFlags;
  const chosen = named === 0 ? (network.isActive ? LIVE : CONFIG) : named;
  const impact = { live: (chosen & LIVE) !== 0, config: (chosen & CONFIG) !== 0 };
  if (impact.live && !network.isActive) throw operationInvalid("network is not running");
  if (impact.config && !network.isPersistent) {
    throw operationInvalid("cannot change persistent config of a transient network");
  }
  return impact;
}
