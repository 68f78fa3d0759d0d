import { NetworkXmlFlags } from "@libvirt-ts/api";
import { formatNetwork } from "@libvirt-ts/conf/network";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";
import { internalError } from "../errors.ts";
import { wireNetwork } from "../events.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** Finding a network and looking at it. */
export function lookupHandlers(driver: NetworkDriver): NetworkHandlers {
  return {
    networkLookupByName: ({ name }) => ({ net: wireNetwork(driver.byName(name)) }),
    networkLookupByUuid: ({ uuid }) => ({ net: wireNetwork(driver.byUuid(formatUuid(uuid))) }),
    networkGetXmlDesc({ net, flags }) {
      checkFlags(flags, NetworkXmlFlags.INACTIVE, "networkGetXMLDesc", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      const stored = (flags & NetworkXmlFlags.INACTIVE) !== 0 ? network.config : undefined;
      const inactive = stored !== undefined || !network.isActive || (flags & NetworkXmlFlags.INACTIVE) !== 0;
      return { xml: formatNetwork(stored ?? network.current, { inactive }) };
    },
    networkGetBridgeName({ net }) {
      const network = networkOf(driver, net);
      const name = network.current.bridge?.name;
      if (name === undefined) throw internalError(`network '${network.name}' does not have a bridge name.`);
      return { name };
    },
    networkGetAutostart: ({ net }) => ({ autostart: networkOf(driver, net).autostart ? 1 : 0 }),
    networkIsActive: ({ net }) => ({ active: networkOf(driver, net).isActive ? 1 : 0 }),
    networkIsPersistent: ({ net }) => ({ persistent: networkOf(driver, net).isPersistent ? 1 : 0 }),
  };
}
