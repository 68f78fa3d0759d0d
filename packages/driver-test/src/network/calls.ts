import { ConnectListAllNetworksFlags as Flag, NetworkMetadataType } from "@libvirt-ts/api";
import {
  checkNetwork,
  formatNetwork,
  getNetworkMetadata,
  networkImpact,
  networkImpactFlags,
  parseNetwork,
  setNetworkMetadata,
  updateNetwork,
} from "@libvirt-ts/conf/network";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { filterFlags, lifeFilters, listings } from "@libvirt-ts/objects";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { broken, invalid } from "../errors.ts";
import type { TestDriver } from "../test-driver.ts";
import { Lifecycle, type Networks, wireNetwork } from "./networks.ts";

const VALIDATE = 1;

const filters = lifeFilters(Flag);

/** Calls about networks. Some find theirs by name, others by UUID, as libvirt's test driver does. */
export const networkHandlers = ({ networks }: Pick<TestDriver, "networks">): RemoteHandlers => ({
  ...listHandlers(networks),
  ...lookHandlers(networks),
  ...lifeHandlers(networks),
  ...changeHandlers(networks),
  connectNetworkEventRegisterAny: ({ eventID, net }, { client }) => ({
    callbackID: networks.events.register(client, eventID, net === null ? undefined : formatUuid(net.uuid)),
  }),
  connectNetworkEventDeregisterAny: ({ callbackID }, { client }) =>
    networks.events.deregister(client, callbackID),
});

function listHandlers(networks: Networks): RemoteHandlers {
  const { select, count, names } = listings(
    () => networks,
    filters,
    ({ name }) => name,
  );
  return {
    connectListAllNetworks({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "testConnectListAllNetworks", ErrorDomain.TEST);
      const found = select(flags);
      return { nets: needResults ? found.map(wireNetwork) : [], ret: found.length };
    },
    connectNumOfNetworks: () => count(Flag.ACTIVE),
    connectListNetworks: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedNetworks: () => count(Flag.INACTIVE),
    connectListDefinedNetworks: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}

function lookHandlers(networks: Networks): RemoteHandlers {
  return {
    networkLookupByName: ({ name }) => ({ net: wireNetwork(networks.find(name)) }),
    networkLookupByUuid: ({ uuid }) => ({ net: wireNetwork(networks.findUuid(uuid)) }),
    networkIsActive: ({ net }) => ({ active: networks.findUuid(net.uuid).isActive ? 1 : 0 }),
    networkIsPersistent: ({ net }) => ({ persistent: networks.findUuid(net.uuid).isPersistent ? 1 : 0 }),
    networkGetXmlDesc({ net, flags }) {
      checkFlags(flags, 0, "testNetworkGetXMLDesc", ErrorDomain.TEST);
      return { xml: formatNetwork(networks.find(net.name).def) };
    },
    networkGetBridgeName({ net }) {
      const { name, def } = networks.find(net.name);
      if (def.bridge?.name === undefined) throw broken(`network '${name}' does not have a bridge name.`);
      return { name: def.bridge.name };
    },
    networkGetAutostart: ({ net }) => ({ autostart: networks.find(net.name).autostart ? 1 : 0 }),
    networkSetAutostart({ net, autostart }) {
      networks.find(net.name).autostart = autostart !== 0;
    },
  };
}

function lifeHandlers(networks: Networks): RemoteHandlers {
  const read = (xml: string, flags: number) => {
    if ((flags & VALIDATE) !== 0) assertValid(xml, "network");
    return parseNetwork(xml, { inactive: true });
  };
  const create = (xml: string, flags: number) => {
    const network = networks.create(read(xml, flags));
    networks.lifecycle(network, Lifecycle.STARTED);
    return { net: wireNetwork(network) };
  };
  const define = (xml: string, flags: number) => {
    const network = networks.define(read(xml, flags));
    networks.lifecycle(network, Lifecycle.DEFINED);
    return { net: wireNetwork(network) };
  };
  return {
    networkCreateXml: ({ xml }) => create(xml, 0),
    networkCreateXmlFlags({ xml, flags }) {
      checkFlags(flags, VALIDATE, "testNetworkCreateXMLFlags", ErrorDomain.TEST);
      return create(xml, flags);
    },
    networkDefineXml: ({ xml }) => define(xml, 0),
    networkDefineXmlFlags({ xml, flags }) {
      checkFlags(flags, VALIDATE, "testNetworkDefineXMLFlags", ErrorDomain.TEST);
      return define(xml, flags);
    },
    networkCreate({ net }) {
      const network = networks.find(net.name);
      if (network.isActive) throw invalid(`Network '${network.name}' is already running`);
      network.isActive = true;
      networks.lifecycle(network, Lifecycle.STARTED);
    },
    networkDestroy({ net }) {
      const network = networks.find(net.name);
      network.isActive = false;
      networks.lifecycle(network, Lifecycle.STOPPED);
      if (!network.isPersistent) networks.remove(network);
    },
    networkUndefine({ net }) {
      const network = networks.find(net.name);
      if (network.isActive) throw invalid(`Network '${network.name}' is still running`);
      networks.lifecycle(network, Lifecycle.UNDEFINED);
      networks.remove(network);
    },
  };
}

function changeHandlers(networks: Networks): RemoteHandlers {
  return {
    networkUpdate({ net, flags, command, section, parentIndex, xml }) {
      checkFlags(flags, networkImpactFlags, "testNetworkUpdate", ErrorDomain.TEST);
      const network = networks.findUuid(net.uuid);
      network.change(networkImpact(network, flags), (def) => {
        const changed = updateNetwork(def, { command, section, parentIndex, xml });
        checkNetwork(changed);
        return changed;
      });
    },
    networkGetMetadata({ network: net, type, uri, flags }) {
      checkFlags(flags, networkImpactFlags, "testNetworkGetMetadata", ErrorDomain.TEST);
      const network = networks.find(net.name);
      const { config } = networkImpact(network, flags);
      return { metadata: getNetworkMetadata(config ? network.config : network.def, type, uri ?? undefined) };
    },
    networkSetMetadata({ network: net, type, metadata, key, uri, flags }) {
      checkFlags(flags, networkImpactFlags, "testNetworkSetMetadata", ErrorDomain.TEST);
      const network = networks.find(net.name);
      const change = { type, text: metadata ?? undefined, key: key ?? undefined, uri: uri ?? undefined };
      network.change(networkImpact(network, flags), (def) => setNetworkMetadata(def, change));
      networks.metadataChanged(network, type, type === NetworkMetadataType.ELEMENT ? uri : null);
    },
  };
}
