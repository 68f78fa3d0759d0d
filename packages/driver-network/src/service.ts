import { DriverFeature } from "@libvirt-ts/api";
import { ErrorDomain } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import { connectionService, type Service } from "@libvirt-ts/rpc/server";
import { networkAccess } from "./driver/access.ts";
import { networkHandlers } from "./driver/index.ts";
import type { NetworkDriver } from "./driver.ts";

export interface NetworkServicesOptions {
  /** Whether this is the daemon of the system, or of a user. */
  readonly privileged: boolean;
  /** Our version as clients read it: 11003000 is 11.3.0. */
  readonly libVersion: number;
}

/** The programs for clients that open `network:///system` or `network:///session`. */
export function networkServices(
  driver: NetworkDriver,
  { privileged, libVersion }: NetworkServicesOptions,
): Service[] {
  const { handlers, gate } = connectionService({
    type: "network",
    scheme: "network",
    privileged,
    features: [DriverFeature.TYPED_PARAM_STRING, DriverFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER],
    libVersion,
  });
  return [
    {
      program: remote,
      access: networkAccess(driver),
      handlers: { ...handlers, ...networkHandlers(driver) },
      errorDomain: ErrorDomain.NETWORK,
      gate,
    },
  ];
}
