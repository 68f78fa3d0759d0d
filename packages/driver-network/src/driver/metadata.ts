import { NetworkMetadataType } from "@libvirt-ts/api";
import {
  getNetworkMetadata,
  networkImpact,
  networkImpactFlags,
  setNetworkMetadata,
} from "@libvirt-ts/conf/network";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { NetworkDriver } from "../driver.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** Title, description and what applications keep with a network. */
export function metadataHandlers(driver: NetworkDriver): NetworkHandlers {
  return {
    networkGetMetadata({ network: net, type, uri, flags }) {
      checkFlags(flags, networkImpactFlags, "networkGetMetadata", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      const impact = networkImpact(network, flags);
      const def = impact.config && network.config ? network.config : network.current;
      return { metadata: getNetworkMetadata(def, type, uri ?? undefined) };
    },
    async networkSetMetadata({ network: net, type, metadata, key, uri, flags }) {
      checkFlags(flags, networkImpactFlags, "networkSetMetadata", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      const change = { type, text: metadata ?? undefined, key: key ?? undefined, uri: uri ?? undefined };
      await driver.change(network, async () => {
        const impact = networkImpact(network, flags);
        if (impact.config && network.config) {
          await driver.replaceConfig(network, setNetworkMetadata(network.config, change));
        }
        if (impact.live && network.live) {
          network.live.def = setNetworkMetadata(network.live.def, change);
          await driver.lifecycle.saveStatus(network.live);
        }
      });
      driver.events.metadataChanged(
        network,
        type,
        type === NetworkMetadataType.ELEMENT ? change.uri : undefined,
      );
    },
  };
}
