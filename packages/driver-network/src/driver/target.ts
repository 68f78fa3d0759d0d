import type { NonnullNetwork, remote } from "@libvirt-ts/protocol";
import type { Handlers } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";
import type { Network } from "../network.ts";

/** The part of the remote program that one file here answers. */
export type NetworkHandlers = Partial<Handlers<typeof remote.procs>>;

/** The network a call means. @throws VirError NO_NETWORK */
export function networkOf(driver: NetworkDriver, { name, uuid }: NonnullNetwork): Network {
  return driver.byUuid(formatUuid(uuid), name);
}
