import {
  arpOpcode,
  commentText,
  connectionStates,
  decimal16,
  dscp,
  etherType,
  innerEtherType,
  ipProtocol,
  ipsetFlags,
  ipsetName,
  ipv4Address,
  ipv4Mask,
  ipv6Address,
  ipv6Mask,
  type MatchType,
  macAddress,
  macMask,
  tcpFlags,
  truth,
  uint8,
  uint16,
  uint32,
  vlanId,
} from "./values.ts";

/** An attribute of a rule's protocol. */
export interface MatchAttribute {
  readonly type: MatchType;
  /** Negated exactly when this other one is: the two are one condition. */
  readonly follows?: string;
}
type Attributes = { readonly [name: string]: MatchAttribute };

const plain = (type: MatchType): MatchAttribute => ({ type });
const after = (follows: string, type: MatchType): MatchAttribute => ({ type, follows });

const comment = { comment: plain(commentText) };
const sender = { srcmacaddr: plain(macAddress), srcmacmask: after("srcmacaddr", macMask) };
const frame = {
  ...sender,
  dstmacaddr: plain(macAddress),
  dstmacmask: after("dstmacaddr", macMask),
};
/** The same where more than the frame is looked at: masks have signs of their own. */
const ethernet = {
  srcmacaddr: plain(macAddress),
  srcmacmask: plain(macMask),
  dstmacaddr: plain(macAddress),
  dstmacmask: plain(macMask),
};

const addresses = (address: MatchType, mask: MatchType) => ({
  srcipaddr: plain(address),
  srcipmask: after("srcipaddr", mask),
  dstipaddr: plain(address),
  dstipmask: after("dstipaddr", mask),
});
const ipv4 = addresses(ipv4Address, ipv4Mask);
const ipv6 = addresses(ipv6Address, ipv6Mask);

const bridgePorts = {
  srcportstart: plain(uint16),
  srcportend: plain(uint16),
  dstportstart: plain(uint16),
  dstportend: plain(uint16),
};
/** iptables knows one sign for both ends. */
const ports = {
  srcportstart: plain(uint16),
  srcportend: after("srcportstart", uint16),
  dstportstart: after("srcportstart", uint16),
  dstportend: after("srcportstart", uint16),
};

/** What iptables can say about any packet. */
const packet = (family: typeof ipv4, address: MatchType) => ({
  srcmacaddr: plain(macAddress),
  ...family,
  srcipfrom: plain(address),
  srcipto: after("srcipfrom", address),
  dstipfrom: plain(address),
  dstipto: after("dstipfrom", address),
  dscp: plain(dscp),
  "connlimit-above": plain(decimal16),
  state: plain(connectionStates),
});
const packet4 = packet(ipv4, ipv4Address);
// differs: libvirt reads `dstipto` as an IPv4 address here, so that no range can be given.
const packet6 = packet(ipv6, ipv6Address);

const arp = {
  ...ethernet,
  hwtype: plain(uint16),
  protocoltype: plain(uint16),
  opcode: plain(arpOpcode),
  arpsrcmacaddr: plain(macAddress),
  arpdstmacaddr: plain(macAddress),
  arpsrcipaddr: plain(ipv4Address),
  arpsrcipmask: plain(ipv4Mask),
  arpdstipaddr: plain(ipv4Address),
  arpdstipmask: plain(ipv4Mask),
  gratuitous: plain(truth),
  ...comment,
};

/** A value of a spanning tree packet, and the upper end of a range of them. */
const range = <N extends string>(name: N, type: MatchType) =>
  ({ [name]: plain(type), [`${name}-hi`]: after(name, type) }) as Record<N | `${N}-hi`, MatchAttribute>; // the two keys just written

const stp = {
  ...sender,
  type: plain(uint8),
  flags: plain(uint8),
  ...range("root-priority", uint16),
  "root-address": plain(macAddress),
  "root-address-mask": after("root-address", macMask),
  ...range("root-cost", uint32),
  ...range("sender-priority", uint16),
  "sender-address": plain(macAddress),
  "sender-address-mask": after("sender-address", macMask),
  ...range("port", uint16),
  ...range("age", uint16),
  ...range("max-age", uint16),
  ...range("hello-time", uint16),
  ...range("forward-delay", uint16),
  ...comment,
};

const icmp = { type: plain(uint8), code: after("type", uint8) };
const ipset = { ipset: plain(ipsetName), ipsetflags: plain(ipsetFlags) };

/** The protocols a rule can be about and what each can be asked for, in the order it is written. */
export const protocols = {
  mac: { ...frame, protocolid: plain(etherType), ...comment },
  vlan: { ...frame, vlanid: plain(vlanId), "encap-protocol": plain(innerEtherType), ...comment },
  stp,
  arp,
  rarp: arp,
  ip: { ...ethernet, ...ipv4, protocol: plain(ipProtocol), ...bridgePorts, dscp: plain(dscp), ...comment },
  ipv6: {
    ...ethernet,
    ...ipv6,
    protocol: plain(ipProtocol),
    ...bridgePorts,
    type: plain(uint8),
    typeend: after("type", uint8),
    code: after("type", uint8),
    codeend: after("type", uint8),
    ...comment,
  },
  tcp: { ...packet4, ...ports, option: plain(uint8), flags: plain(tcpFlags), ...comment },
  "tcp-ipv6": { ...packet6, ...ports, option: plain(uint8), ...comment },
  udp: { ...packet4, ...ports, ...comment },
  "udp-ipv6": { ...packet6, ...ports, ...comment },
  udplite: { ...packet4, ...comment },
  "udplite-ipv6": { ...packet6, ...comment },
  esp: { ...packet4, ...comment },
  "esp-ipv6": { ...packet6, ...comment },
  ah: { ...packet4, ...comment },
  "ah-ipv6": { ...packet6, ...comment },
  sctp: { ...packet4, ...ports, ...comment },
  "sctp-ipv6": { ...packet6, ...ports, ...comment },
  icmp: { ...packet4, ...icmp, ...comment },
  icmpv6: { ...packet6, ...icmp, ...comment },
  all: { ...packet4, ...ipset, ...comment },
  "all-ipv6": { ...packet6, ...ipset, ...comment },
  igmp: { ...packet4, ...comment },
} satisfies { readonly [protocol: string]: Attributes };
export type FilterProtocol = keyof typeof protocols;

/** The attributes of a protocol, in order. */
export const attributesOf = (protocol: FilterProtocol): Attributes => protocols[protocol];

export const isFilterProtocol = (name: string): name is FilterProtocol => Object.hasOwn(protocols, name);
