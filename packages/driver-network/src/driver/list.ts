import { ConnectListAllNetworksFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import type { Network } from "../network.ts";
import type { NetworkHandlers } from "./target.ts";

const known = Object.values(Flag).reduce((sum, bit) => sum | bit, 0);

/** Pairs of filters: with neither or both of a pair it lets everything through. */
const filters: readonly (readonly [yes: number, no: number, claim: (network: Network) => boolean])[] = [
  [Flag.ACTIVE, Flag.INACTIVE, (network) => network.isActive],
  [Flag.PERSISTENT, Flag.TRANSIENT, (network) => network.isPersistent],
  [Flag.AUTOSTART, Flag.NO_AUTOSTART, (network) => network.autostart],
];

function passes(network: Network, flags: number): boolean {
  return filters.every(([yes, no, claim]) => {
    const wanted = flags & (yes | no);
    return wanted === 0 || (wanted & (claim(network) ? yes : no)) !== 0;
  });
}

/** Lists of networks, new style and old. */
export function listHandlers({ networks }: NetworkDriver): NetworkHandlers {
  const select = (flags: number) =>
    [...networks].filter((network) => network.exists && passes(network, flags));
  const names = (flags: number, most: number) => ({
    names: select(flags)
      .slice(0, most)
      .map(({ name }) => name),
  });
  return {
    connectListAllNetworks({ needResults, flags }) {
      checkFlags(flags, known, "networkConnectListAllNetworks", ErrorDomain.NETWORK);
      const found = select(flags);
      return { nets: needResults ? found.map(wireNetwork) : [], ret: found.length };
    },
    connectNumOfNetworks: () => ({ num: select(Flag.ACTIVE).length }),
    connectListNetworks: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedNetworks: () => ({ num: select(Flag.INACTIVE).length }),
    connectListDefinedNetworks: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}
