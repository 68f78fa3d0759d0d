import { ConnectListAllNetworksFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { filterFlags, lifeFilters, listings } from "@libvirt-ts/objects";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import type { NetworkHandlers } from "./target.ts";

const filters = lifeFilters(Flag);

/** Lists of networks, new style and old. */
export function listHandlers({ networks }: NetworkDriver): NetworkHandlers {
  const { select, count, names } = listings(
    () => [...networks].filter(({ exists }) => exists),
    filters,
    ({ name }) => name,
  );
  return {
    connectListAllNetworks({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "networkConnectListAllNetworks", ErrorDomain.NETWORK);
      const found = select(flags);
      return { nets: needResults ? found.map(wireNetwork) : [], ret: found.length };
    },
    connectNumOfNetworks: () => count(Flag.ACTIVE),
    connectListNetworks: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedNetworks: () => count(Flag.INACTIVE),
    connectListDefinedNetworks: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}
