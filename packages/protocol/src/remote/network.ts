import { array, type Infer, i32, i64, optional, struct, u32 } from "@libvirt-ts/xdr";
import { NonnullNetwork, text, typedParamList, uuid } from "../common.ts";
import { event, procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullNetworkPort } from "./objects.ts";

export const ConnectNumOfNetworksRet = struct({ num: i32 });
export const ConnectListNetworksArgs = struct({ maxnames: i32 });
export const ConnectListNetworksRet = struct({ names: array(text, Max.NETWORK_LIST) });
export const ConnectNumOfDefinedNetworksRet = struct({ num: i32 });
export const ConnectListDefinedNetworksArgs = struct({ maxnames: i32 });
export const ConnectListDefinedNetworksRet = struct({ names: array(text, Max.NETWORK_LIST) });
export const NetworkLookupByUuidArgs = struct({ uuid });
export const NetworkLookupByUuidRet = struct({ net: NonnullNetwork });
export const NetworkLookupByNameArgs = struct({ name: text });
export const NetworkLookupByNameRet = struct({ net: NonnullNetwork });
export const NetworkCreateXmlArgs = struct({ xml: text });
export const NetworkCreateXmlRet = struct({ net: NonnullNetwork });
export const NetworkCreateXmlFlagsArgs = struct({ xml: text, flags: u32 });
export const NetworkCreateXmlFlagsRet = struct({ net: NonnullNetwork });
export const NetworkDefineXmlArgs = struct({ xml: text });
export const NetworkDefineXmlRet = struct({ net: NonnullNetwork });
export const NetworkDefineXmlFlagsArgs = struct({ xml: text, flags: u32 });
export const NetworkDefineXmlFlagsRet = struct({ net: NonnullNetwork });
export const NetworkUndefineArgs = struct({ net: NonnullNetwork });
export const NetworkUpdateArgs = struct({
  net: NonnullNetwork,
  command: u32,
  section: u32,
  parentIndex: i32,
  xml: text,
  flags: u32,
});
export const NetworkCreateArgs = struct({ net: NonnullNetwork });
export const NetworkDestroyArgs = struct({ net: NonnullNetwork });
export const NetworkGetXmlDescArgs = struct({ net: NonnullNetwork, flags: u32 });
export const NetworkGetXmlDescRet = struct({ xml: text });
export const NetworkGetBridgeNameArgs = struct({ net: NonnullNetwork });
export const NetworkGetBridgeNameRet = struct({ name: text });
export const NetworkGetAutostartArgs = struct({ net: NonnullNetwork });
export const NetworkGetAutostartRet = struct({ autostart: i32 });
export const NetworkSetAutostartArgs = struct({ net: NonnullNetwork, autostart: i32 });
export const NetworkIsActiveArgs = struct({ net: NonnullNetwork });
export const NetworkIsActiveRet = struct({ active: i32 });
export const NetworkIsPersistentArgs = struct({ net: NonnullNetwork });
export const NetworkIsPersistentRet = struct({ persistent: i32 });
export const ConnectListAllNetworksArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllNetworksRet = struct({ nets: array(NonnullNetwork, Max.NETWORK_LIST), ret: u32 });
export const ConnectNetworkEventRegisterAnyArgs = struct({ eventID: i32, net: optional(NonnullNetwork) });
export const ConnectNetworkEventRegisterAnyRet = struct({ callbackID: i32 });
export const ConnectNetworkEventDeregisterAnyArgs = struct({ callbackID: i32 });
export const NetworkEventLifecycleMsg = struct({
  callbackID: i32,
  net: NonnullNetwork,
  event: i32,
  detail: i32,
});
export const NetworkEventCallbackMetadataChangeMsg = struct({
  callbackID: i32,
  net: NonnullNetwork,
  type: i32,
  nsuri: optional(text),
});
export const NetworkSetMetadataArgs = struct({
  network: NonnullNetwork,
  type: i32,
  metadata: optional(text),
  key: optional(text),
  uri: optional(text),
  flags: u32,
});
export const NetworkGetMetadataArgs = struct({
  network: NonnullNetwork,
  type: i32,
  uri: optional(text),
  flags: u32,
});
export const NetworkGetMetadataRet = struct({ metadata: text });
export const NetworkDhcpLease = struct({
  iface: text,
  expirytime: i64,
  type: i32,
  mac: optional(text),
  iaid: optional(text),
  ipaddr: text,
  prefix: u32,
  hostname: optional(text),
  clientid: optional(text),
});
export type NetworkDhcpLease = Infer<typeof NetworkDhcpLease>;
export const NetworkGetDhcpLeasesArgs = struct({
  net: NonnullNetwork,
  mac: optional(text),
  needResults: i32,
  flags: u32,
});
export const NetworkGetDhcpLeasesRet = struct({
  leases: array(NetworkDhcpLease, Max.NETWORK_DHCP_LEASES),
  ret: u32,
});
export const NetworkListAllPortsArgs = struct({ network: NonnullNetwork, needResults: i32, flags: u32 });
export const NetworkListAllPortsRet = struct({
  ports: array(NonnullNetworkPort, Max.NETWORK_PORT_LIST),
  ret: u32,
});
export const NetworkPortLookupByUuidArgs = struct({ network: NonnullNetwork, uuid });
export const NetworkPortLookupByUuidRet = struct({ port: NonnullNetworkPort });
export const NetworkPortCreateXmlArgs = struct({ network: NonnullNetwork, xml: text, flags: u32 });
export const NetworkPortCreateXmlRet = struct({ port: NonnullNetworkPort });
export const NetworkPortSetParametersArgs = struct({
  port: NonnullNetworkPort,
  params: typedParamList(Max.NETWORK_PORT_PARAMETERS),
  flags: u32,
});
export const NetworkPortGetParametersArgs = struct({ port: NonnullNetworkPort, nparams: i32, flags: u32 });
export const NetworkPortGetParametersRet = struct({
  params: typedParamList(Max.NETWORK_PORT_PARAMETERS),
  nparams: i32,
});
export const NetworkPortGetXmlDescArgs = struct({ port: NonnullNetworkPort, flags: u32 });
export const NetworkPortGetXmlDescRet = struct({ xml: text });
export const NetworkPortDeleteArgs = struct({ port: NonnullNetworkPort, flags: u32 });

const proc = procFor("network");

/** Virtual networks, their ports and leases. */
export const networkProcs = {
  connectListDefinedNetworks: proc(36, ConnectListDefinedNetworksArgs, ConnectListDefinedNetworksRet, {
    api: "virConnectListDefinedNetworks",
    acl: "connect:search_networks",
    aclFilter: "network:getattr",
    priority: "high",
  }),
  connectListNetworks: proc(38, ConnectListNetworksArgs, ConnectListNetworksRet, {
    api: "virConnectListNetworks",
    acl: "connect:search_networks",
    aclFilter: "network:getattr",
    priority: "high",
  }),
  networkCreate: proc(39, NetworkCreateArgs, null, { api: "virNetworkCreate", acl: "network:start" }),
  networkCreateXml: proc(40, NetworkCreateXmlArgs, NetworkCreateXmlRet, {
    api: "virNetworkCreateXML",
    acl: ["network:write", "network:start"],
  }),
  networkDefineXml: proc(41, NetworkDefineXmlArgs, NetworkDefineXmlRet, {
    api: "virNetworkDefineXML",
    acl: ["network:write", "network:save"],
    priority: "high",
  }),
  networkDestroy: proc(42, NetworkDestroyArgs, null, {
    api: "virNetworkDestroy",
    acl: "network:stop",
    priority: "high",
  }),
  networkGetXmlDesc: proc(43, NetworkGetXmlDescArgs, NetworkGetXmlDescRet, {
    api: "virNetworkGetXMLDesc",
    acl: "network:read",
    priority: "high",
  }),
  networkGetAutostart: proc(44, NetworkGetAutostartArgs, NetworkGetAutostartRet, {
    api: "virNetworkGetAutostart",
    acl: "network:read",
    priority: "high",
  }),
  networkGetBridgeName: proc(45, NetworkGetBridgeNameArgs, NetworkGetBridgeNameRet, {
    api: "virNetworkGetBridgeName",
    acl: "network:read",
    priority: "high",
  }),
  networkLookupByName: proc(46, NetworkLookupByNameArgs, NetworkLookupByNameRet, {
    api: "virNetworkLookupByName",
    acl: "network:getattr",
    priority: "high",
  }),
  networkLookupByUuid: proc(47, NetworkLookupByUuidArgs, NetworkLookupByUuidRet, {
    api: "virNetworkLookupByUUID",
    acl: "network:getattr",
    priority: "high",
  }),
  networkSetAutostart: proc(48, NetworkSetAutostartArgs, null, {
    api: "virNetworkSetAutostart",
    acl: "network:write",
    priority: "high",
  }),
  networkUndefine: proc(49, NetworkUndefineArgs, null, {
    api: "virNetworkUndefine",
    acl: "network:delete",
    priority: "high",
  }),
  connectNumOfDefinedNetworks: proc(50, null, ConnectNumOfDefinedNetworksRet, {
    api: "virConnectNumOfDefinedNetworks",
    acl: "connect:search_networks",
    aclFilter: "network:getattr",
    priority: "high",
  }),
  connectNumOfNetworks: proc(52, null, ConnectNumOfNetworksRet, {
    api: "virConnectNumOfNetworks",
    acl: "connect:search_networks",
    aclFilter: "network:getattr",
    priority: "high",
  }),
  networkIsActive: proc(152, NetworkIsActiveArgs, NetworkIsActiveRet, {
    api: "virNetworkIsActive",
    acl: "network:read",
    priority: "high",
  }),
  networkIsPersistent: proc(153, NetworkIsPersistentArgs, NetworkIsPersistentRet, {
    api: "virNetworkIsPersistent",
    acl: "network:read",
    priority: "high",
  }),
  connectListAllNetworks: proc(283, ConnectListAllNetworksArgs, ConnectListAllNetworksRet, {
    api: "virConnectListAllNetworks",
    acl: "connect:search_networks",
    aclFilter: "network:getattr",
    priority: "high",
  }),
  networkUpdate: proc(291, NetworkUpdateArgs, null, {
    api: "virNetworkUpdate",
    acl: [
      "network:write",
      "network:save:!VIR_NETWORK_UPDATE_AFFECT_CONFIG|VIR_NETWORK_UPDATE_AFFECT_LIVE",
      "network:save:VIR_NETWORK_UPDATE_AFFECT_CONFIG",
    ],
    priority: "high",
  }),
  connectNetworkEventRegisterAny: proc(
    313,
    ConnectNetworkEventRegisterAnyArgs,
    ConnectNetworkEventRegisterAnyRet,
    {
      api: "virConnectNetworkEventRegisterAny",
      acl: "connect:search_networks",
      aclFilter: "network:getattr",
      priority: "high",
    },
  ),
  connectNetworkEventDeregisterAny: proc(314, ConnectNetworkEventDeregisterAnyArgs, null, {
    api: "virConnectNetworkEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  networkEventLifecycle: event(315, NetworkEventLifecycleMsg),
  networkGetDhcpLeases: proc(341, NetworkGetDhcpLeasesArgs, NetworkGetDhcpLeasesRet, {
    api: "virNetworkGetDHCPLeases",
    acl: "network:read",
  }),
  networkListAllPorts: proc(404, NetworkListAllPortsArgs, NetworkListAllPortsRet, {
    api: "virNetworkListAllPorts",
    acl: "network:search_ports",
    aclFilter: "network_port:getattr",
    priority: "high",
  }),
  networkPortLookupByUuid: proc(405, NetworkPortLookupByUuidArgs, NetworkPortLookupByUuidRet, {
    api: "virNetworkPortLookupByUUID",
    acl: "network_port:getattr",
    priority: "high",
  }),
  networkPortCreateXml: proc(406, NetworkPortCreateXmlArgs, NetworkPortCreateXmlRet, {
    api: "virNetworkPortCreateXML",
    acl: "network_port:create",
  }),
  networkPortGetParameters: proc(407, NetworkPortGetParametersArgs, NetworkPortGetParametersRet, {
    api: "virNetworkPortGetParameters",
    acl: "network_port:read",
  }),
  networkPortSetParameters: proc(408, NetworkPortSetParametersArgs, null, {
    api: "virNetworkPortSetParameters",
    acl: "network_port:write",
  }),
  networkPortGetXmlDesc: proc(409, NetworkPortGetXmlDescArgs, NetworkPortGetXmlDescRet, {
    api: "virNetworkPortGetXMLDesc",
    acl: "network_port:read",
  }),
  networkPortDelete: proc(410, NetworkPortDeleteArgs, null, {
    api: "virNetworkPortDelete",
    acl: "network_port:delete",
  }),
  networkDefineXmlFlags: proc(432, NetworkDefineXmlFlagsArgs, NetworkDefineXmlFlagsRet, {
    api: "virNetworkDefineXMLFlags",
    acl: ["network:write", "network:save"],
    priority: "high",
  }),
  networkCreateXmlFlags: proc(437, NetworkCreateXmlFlagsArgs, NetworkCreateXmlFlagsRet, {
    api: "virNetworkCreateXMLFlags",
    acl: ["network:write", "network:start"],
    priority: "high",
  }),
  networkSetMetadata: proc(444, NetworkSetMetadataArgs, null, {
    api: "virNetworkSetMetadata",
    acl: [
      "network:write",
      "network:save:!VIR_NETWORK_UPDATE_AFFECT_CONFIG|VIR_NETWORK_UPDATE_AFFECT_LIVE",
      "network:save:VIR_NETWORK_UPDATE_AFFECT_CONFIG",
    ],
  }),
  networkGetMetadata: proc(445, NetworkGetMetadataArgs, NetworkGetMetadataRet, {
    api: "virNetworkGetMetadata",
    acl: "network:read",
  }),
  networkEventCallbackMetadataChange: event(446, NetworkEventCallbackMetadataChangeMsg),
};
