import { isVirtualNetwork } from "@libvirt-ts/conf/network";
import { checkFlags, ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import { parseMac } from "@libvirt-ts/util/mac";
import type { NetworkDriver } from "../driver.ts";
import { readLeases } from "../leases.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** Addresses given by DHCP. */
export function leaseHandlers(driver: NetworkDriver): NetworkHandlers {
  return {
    async networkGetDhcpLeases({ net, mac, needResults, flags }) {
      checkFlags(flags, 0, "networkGetDHCPLeases", ErrorDomain.NETWORK);
      if (mac !== null && parseMac(mac) === undefined)
        throw invalidArg(ErrorDomain.NETWORK, `invalid MAC '${mac}'`);
      const def = networkOf(driver, net).current;
      const bridge = def.bridge?.name;
      if (bridge === undefined || !isVirtualNetwork(def)) return { leases: [], ret: 0 };
      const leases = await readLeases(driver.lifecycle.leasesFile(bridge), {
        def,
        bridge,
        nowMs: driver.host.now(),
        ...(mac !== null && { mac }),
      });
      return { leases: needResults ? leases : [], ret: leases.length };
    },
  };
}
