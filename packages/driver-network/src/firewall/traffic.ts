import {
  type HostAddress,
  hostAddresses,
  knownIp,
  type NetworkDef,
  networkMode,
} from "@libvirt-ts/conf/network";
import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { formatIp, ipNetwork } from "@libvirt-ts/util/ip";

export type Family = "ipv4" | "ipv6";
type Protocol = "tcp" | "udp";

/** One thing a network's traffic may or may not do; what it looks like is the backend's business. */
export type TrafficRule =
  /** Guests talk to a service on the host, or it answers them. */
  | { kind: "host-input" | "host-output"; family: Family; protocol: Protocol; port: number }
  /** Nothing else leaves the bridge, or gets in. */
  | { kind: "reject-out" | "reject-in"; family: Family }
  /** Guests of one bridge talk to each other. */
  | { kind: "cross"; family: Family }
  | { kind: "allow-out" | "allow-in" | "allow-related-in"; family: Family; subnet: string; device?: string }
  | { kind: "keep-source"; family: Family; subnet: string; device?: string; to: string }
  | {
      kind: "masquerade";
      family: Family;
      subnet: string;
      device?: string;
      protocol?: Protocol;
      to: Translation;
    }
  /** DHCP answers to guests get a valid checksum. */
  | { kind: "fill-checksum"; family: "ipv4" };

/** What a source address becomes: without `address` the outgoing interface's. */
export interface Translation {
  address?: string;
  ports?: string;
}

export interface NetworkTraffic {
  bridge: string;
  /** In the order they are inserted: the last one ends on top. */
  rules: TrafficRule[];
}

/**
 * The rules of an active network. Open networks have none: their traffic is left to others.
 * @throws VirError INTERNAL_ERROR for a port range that is none
 */
export function networkTraffic(def: NetworkDef, bridge: string): NetworkTraffic {
  if (networkMode(def) === "open") return { bridge, rules: [] };
  const addresses = hostAddresses(def);
  const v4 = addresses.filter(({ address }) => address.family === "ipv4");
  const withDhcp = v4.some(({ ip }) => (ip.dhcp?.ranges.length ?? 0) + (ip.dhcp?.hosts.length ?? 0) > 0);
  return {
    bridge,
    rules: [
      ...generalIpv4(v4),
      ...generalIpv6(def, addresses.length > v4.length),
      ...addresses.flatMap((address) => addressRules(def, address)),
      ...(withDhcp ? [{ kind: "fill-checksum", family: "ipv4" } as const] : []),
    ],
  };
}

const input = (family: Family, protocol: Protocol, port: number): TrafficRule => ({
  kind: "host-input",
  family,
  protocol,
  port,
});
const output = (family: Family, protocol: Protocol, port: number): TrafficRule => ({
  kind: "host-output",
  family,
  protocol,
  port,
});

const dns = (family: Family): TrafficRule[] => [
  input(family, "tcp", 53),
  input(family, "udp", 53),
  output(family, "tcp", 53),
  output(family, "udp", 53),
];

const closed = (family: Family): TrafficRule[] => [
  { kind: "reject-out", family },
  { kind: "reject-in", family },
  { kind: "cross", family },
];

function generalIpv4(addresses: readonly HostAddress[]): TrafficRule[] {
  const first = addresses.find(
    ({ ip }) => (ip.dhcp?.ranges.length ?? 0) + (ip.dhcp?.hosts.length ?? 0) > 0 || ip.tftpRoot !== undefined,
  );
  const tftp = first?.ip.tftpRoot === undefined ? [] : [input("ipv4", "udp", 69), output("ipv4", "udp", 69)];
  return [
    input("ipv4", "tcp", 67),
    input("ipv4", "udp", 67),
    output("ipv4", "tcp", 68),
    output("ipv4", "udp", 68),
    ...dns("ipv4"),
    ...tftp,
    ...closed("ipv4"),
  ];
}

function generalIpv6(def: NetworkDef, hasAddress: boolean): TrafficRule[] {
  if (!hasAddress) return def.ipv6 ? closed("ipv6") : [];
  return [...closed("ipv6"), ...dns("ipv6"), input("ipv6", "udp", 547), output("ipv6", "udp", 546)];
}

function addressRules(def: NetworkDef, { address, prefix }: HostAddress): TrafficRule[] {
  const mode = networkMode(def);
  if (mode !== "nat" && mode !== "route") return [];
  const { family } = address;
  const device = def.forward?.interfaces[0]?.dev;
  const scope = {
    family,
    subnet: `${formatIp(ipNetwork(address, prefix))}/${prefix}`,
    ...(device !== undefined && { device }),
  };
  // IPv6 is routed in a nat network too, unless asked for.
  if (mode === "route" || (family === "ipv6" && !def.forward?.nat?.ipv6)) {
    return [
      { kind: "allow-out", ...scope },
      { kind: "allow-in", ...scope },
    ];
  }
  const all = translation(def, family);
  const ports = { ...all, ports: portRange(def) };
  return [
    { kind: "allow-out", ...scope },
    { kind: "allow-related-in", ...scope },
    { kind: "masquerade", ...scope, to: all },
    { kind: "masquerade", ...scope, protocol: "udp", to: ports },
    { kind: "masquerade", ...scope, protocol: "tcp", to: ports },
    ...(family === "ipv4" ? [{ kind: "keep-source", ...scope, to: "255.255.255.255/32" } as const] : []),
    { kind: "keep-source", ...scope, to: family === "ipv4" ? "224.0.0.0/24" : "ff02::/16" },
  ];
}

function translation(def: NetworkDef, family: Family): Translation {
  const range = def.forward?.nat?.address;
  if (!range || knownIp(range.start).family !== family) return {};
  return { address: range.end === undefined ? range.start : `${range.start}-${range.end}` };
}

/** Without a range of its own a guest must not get a port below 1024: some servers trust those. */
function portRange(def: NetworkDef): string {
  const { start, end } = def.forward?.nat?.port ?? { start: 1024, end: 65535 };
  if (start >= end) throw internal(ErrorDomain.NETWORK, `Invalid port range '${start}-${end}'.`);
  return `${start}-${end}`;
}
