import { ConnectListAllNetworksFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { filterFlags, isListed, lifeFilters } from "@libvirt-ts/objects";
import { type Call, visible } from "@libvirt-ts/rpc/server";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import { networkAttributes } from "./access.ts";
import type { NetworkHandlers } from "./target.ts";

const filters = lifeFilters(Flag);

/** Lists of networks, new style and old: of those that the caller may see. */
export function listHandlers({ networks }: NetworkDriver): NetworkHandlers {
  const select = (call: Call, flags: number) => {
    const found = [...networks].filter((each) => each.exists && isListed(each, flags, filters));
    return visible(call, found, networkAttributes);
  };
  const count = async (call: Call, flags: number) => ({ num: (await select(call, flags)).length });
  const names = async (call: Call, flags: number, most: number) => ({
    names: (await select(call, flags)).slice(0, most).map(({ name }) => name),
  });
  return {
    async connectListAllNetworks({ needResults, flags }, call) {
      checkFlags(flags, filterFlags(filters), "networkConnectListAllNetworks", ErrorDomain.NETWORK);
      const found = await select(call, flags);
      return { nets: needResults ? found.map(wireNetwork) : [], ret: found.length };
    },
    connectNumOfNetworks: (_, call) => count(call, Flag.ACTIVE),
    connectListNetworks: ({ maxnames }, call) => names(call, Flag.ACTIVE, maxnames),
    connectNumOfDefinedNetworks: (_, call) => count(call, Flag.INACTIVE),
    connectListDefinedNetworks: ({ maxnames }, call) => names(call, Flag.INACTIVE, maxnames),
  };
}
