export { type HostAddress, hostAddresses, isReachable, knownIp, routePrefix } from "./addresses.ts";
export { checkNetwork } from "./check.ts";
export type { Dns, DnsHost, DnsSrv, DnsTxt } from "./dns.ts";
export {
  type Forward,
  type ForwardAddress,
  type ForwardInterface,
  type ForwardMode,
  forwardModes,
} from "./forward.ts";
export { type NetworkImpact, networkImpact, networkImpactFlags } from "./impact.ts";
export type { DhcpHost, DhcpRange, Lease, NetworkIp, NetworkRoute } from "./ip.ts";
export { getNetworkMetadata, type MetadataChange, setNetworkMetadata } from "./metadata.ts";
export { isVirtualNetwork, type NetworkMode, networkMode } from "./mode.ts";
export type { Bridge, NetworkDef, PortGroup } from "./network.ts";
export { formatNetwork, type ParseNetworkOptions, parseNetwork, readNetwork, writeNetwork } from "./parse.ts";
export { type Bandwidth, type Rate, VirtualPort, Vlan } from "./parts.ts";
export { formatNetworkPort, type NetworkPortDef, type Plug, parseNetworkPort } from "./port.ts";
export { rangeSize } from "./range.ts";
export {
  type NetworkUpdate,
  sectionName,
  type UpdateCommand,
  type UpdateSection,
  updateCommands,
  updateNetwork,
  updateSections,
} from "./update.ts";
