import type { Values } from "./values.ts";

/* Virtual networks. */

/** `virNetworkXMLFlags`: `VIR_NETWORK_XML_*`. */
export const NetworkXmlFlags = {
  INACTIVE: 0x1,
} as const;
export type NetworkXmlFlags = Values<typeof NetworkXmlFlags>;

/** `virConnectListAllNetworksFlags`: `VIR_CONNECT_LIST_NETWORKS_*`. */
export const ConnectListAllNetworksFlags = {
  INACTIVE: 0x1,
  ACTIVE: 0x2,
  PERSISTENT: 0x4,
  TRANSIENT: 0x8,
  AUTOSTART: 0x10,
  NO_AUTOSTART: 0x20,
} as const;
export type ConnectListAllNetworksFlags = Values<typeof ConnectListAllNetworksFlags>;

/** `virNetworkCreateFlags`: `VIR_NETWORK_CREATE_*`. */
export const NetworkCreateFlags = {
  VALIDATE: 0x1,
} as const;
export type NetworkCreateFlags = Values<typeof NetworkCreateFlags>;

/** `virNetworkDefineFlags`: `VIR_NETWORK_DEFINE_*`. */
export const NetworkDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type NetworkDefineFlags = Values<typeof NetworkDefineFlags>;

/** `virNetworkUpdateCommand`: `VIR_NETWORK_UPDATE_COMMAND_*`. */
export const NetworkUpdateCommand = {
  NONE: 0,
  MODIFY: 1,
  DELETE: 2,
  ADD_LAST: 3,
  ADD_FIRST: 4,
} as const;
export type NetworkUpdateCommand = Values<typeof NetworkUpdateCommand>;

/** `virNetworkUpdateSection`: `VIR_NETWORK_SECTION_*`. */
export const NetworkUpdateSection = {
  NONE: 0,
  BRIDGE: 1,
  DOMAIN: 2,
  IP: 3,
  IP_DHCP_HOST: 4,
  IP_DHCP_RANGE: 5,
  FORWARD: 6,
  FORWARD_INTERFACE: 7,
  FORWARD_PF: 8,
  PORTGROUP: 9,
  DNS_HOST: 10,
  DNS_TXT: 11,
  DNS_SRV: 12,
} as const;
export type NetworkUpdateSection = Values<typeof NetworkUpdateSection>;

/** `virNetworkUpdateFlags`: `VIR_NETWORK_UPDATE_*`. */
export const NetworkUpdateFlags = {
  AFFECT_CURRENT: 0x0,
  AFFECT_LIVE: 0x1,
  AFFECT_CONFIG: 0x2,
} as const;
export type NetworkUpdateFlags = Values<typeof NetworkUpdateFlags>;

/** `virNetworkEventLifecycleType`: `VIR_NETWORK_EVENT_*`. */
export const NetworkEventLifecycleType = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  STOPPED: 3,
} as const;
export type NetworkEventLifecycleType = Values<typeof NetworkEventLifecycleType>;

/** `virNetworkEventID`: `VIR_NETWORK_EVENT_ID_*`. */
export const NetworkEventId = {
  LIFECYCLE: 0,
  METADATA_CHANGE: 1,
} as const;
export type NetworkEventId = Values<typeof NetworkEventId>;

/** `virIPAddrType`: `VIR_IP_ADDR_TYPE_*`. */
export const IpAddrType = {
  IPV4: 0,
  IPV6: 1,
} as const;
export type IpAddrType = Values<typeof IpAddrType>;

/** `virNetworkPortCreateFlags`: `VIR_NETWORK_PORT_CREATE_*`. */
export const NetworkPortCreateFlags = {
  RECLAIM: 0x1,
  VALIDATE: 0x2,
} as const;
export type NetworkPortCreateFlags = Values<typeof NetworkPortCreateFlags>;

/** `virNetworkMetadataType`: `VIR_NETWORK_METADATA_*`. */
export const NetworkMetadataType = {
  DESCRIPTION: 0,
  TITLE: 1,
  ELEMENT: 2,
} as const;
export type NetworkMetadataType = Values<typeof NetworkMetadataType>;
