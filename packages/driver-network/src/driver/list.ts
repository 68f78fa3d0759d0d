import { ConnectListAllNetworksFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { type FilterGroup, filterFlags, isListed } from "@libvirt-ts/objects";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import type { Network } from "../network.ts";
import type { NetworkHandlers } from "./target.ts";

const filters: readonly FilterGroup<Network>[] = [
  [
    [Flag.ACTIVE, (network) => network.isActive],
    [Flag.INACTIVE, (network) => !network.isActive],
  ],
  [
    [Flag.PERSISTENT, (network) => network.isPersistent],
    [Flag.TRANSIENT, (network) => !network.isPersistent],
  ],
  [
    [Flag.AUTOSTART, (network) => network.autostart],
    [Flag.NO_AUTOSTART, (network) => !network.autostart],
  ],
];

/** Lists of networks, new style and old. */
export function listHandlers({ networks }: NetworkDriver): NetworkHandlers {
  const select = (flags: number) =>
    [...networks].filter((network) => network.exists && isListed(network, flags, filters));
  const names = (flags: number, most: number) => ({
    names: select(flags)
      .slice(0, most)
      .map(({ name }) => name),
  });
  return {
    connectListAllNetworks({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "networkConnectListAllNetworks", ErrorDomain.NETWORK);
      const found = select(flags);
      return { nets: needResults ? found.map(wireNetwork) : [], ret: found.length };
    },
    connectNumOfNetworks: () => ({ num: select(Flag.ACTIVE).length }),
    connectListNetworks: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedNetworks: () => ({ num: select(Flag.INACTIVE).length }),
    connectListDefinedNetworks: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}
