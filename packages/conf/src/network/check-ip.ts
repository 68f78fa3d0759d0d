import { type IpAddress, ipBits, ipNetwork } from "@libvirt-ts/util/ip";
import { isReachable, knownIp, routePrefix } from "./addresses.ts";
import { networkError, unsupported } from "./errors.ts";
import type { DhcpHost, DhcpRange, Lease, NetworkIp, NetworkRoute } from "./ip.ts";
import type { NetworkDef } from "./network.ts";
import { rangeSize } from "./range.ts";

type Named = Pick<NetworkDef, "name">;

/** `<ip>` and everything in it. @throws VirError */
export function checkIp(ip: NetworkIp, def: Named): void {
  const { name } = def;
  const { address: text, netmask, prefix } = ip;
  if (text === undefined) throw networkError(`Missing required address attribute in network '${name}'`);
  const address = knownIp(text);
  const family = familyOf(ip, address.family, { text, name });
  if (family === "ipv6" && netmask !== undefined)
    throw unsupported(`netmask not allowed for IPv6 address '${text}' in network '${name}'`);
  if (netmask !== undefined && knownIp(netmask).family !== "ipv4") {
    throw unsupported(
      `Invalid netmask '${netmask}' for address '${text}' in network '${name}' (both must be IPv4)`,
    );
  }
  if (prefix !== undefined && netmask !== undefined)
    throw unsupported(`Network '${name}' IP address cannot have both a prefix and a netmask`);
  if (prefix !== undefined && prefix > ipBits[family]) {
    const word = family === "ipv4" ? "IPv4" : "IPv6";
    throw unsupported(`Invalid ${word} prefix '${prefix}' in network '${name}'`);
  }
  if (ip.tftpRoot !== undefined && family === "ipv6")
    throw unsupported(`Unsupported <tftp> element in an IPv6 element in network '${name}'`);
  for (const range of ip.dhcp?.ranges ?? []) checkRange(range, ip, def);
  for (const entry of ip.dhcp?.hosts ?? []) checkDhcpHost(entry, ip, def);
}

type Family = "ipv4" | "ipv6";

function familyOf(
  { family }: NetworkIp,
  actual: Family,
  { text, name }: { readonly text: string; readonly name: string },
): Family {
  if (family === actual || (family === undefined && actual === "ipv4")) return actual;
  if (family === undefined)
    throw unsupported(`no family specified for non-IPv4 address '${text}' in network '${name}'`);
  if (family === "ipv4")
    throw unsupported(`ipv4 family specified for non-IPv4 address '${text}' in network '${name}'`);
  if (family === "ipv6")
    throw unsupported(`Family 'ipv6' specified for non-IPv6 address '${text}' in network '${name}'`);
  throw networkError(`Unrecognized family '${family}' in network '${name}'`);
}

/** @throws VirError */
export function checkRange(range: DhcpRange, ip: NetworkIp, { name }: Named): void {
  const { start, end } = range;
  const lacks = (what: string) =>
    networkError(`Missing '${what}' attribute in dhcp range for network '${name}'`);
  if (start === undefined) throw lacks("start");
  if (end === undefined) throw lacks("end");
  rangeSize(range, ip);
  checkLease(range);
}

const shortest: { readonly [unit: Lease["unit"]]: number } = { seconds: 120, minutes: 2 };

function checkLease({ lease }: Pick<DhcpRange, "lease">): void {
  if (lease && lease.expiry !== 0 && lease.expiry < (shortest[lease.unit] ?? 0))
    throw unsupported("The minimum lease time should be greater than 2 minutes");
}

/**
 * A static DHCP entry. @throws VirError
 * @param partial it only has to say enough to find an entry
 */
export function checkDhcpHost(host: DhcpHost, ip: NetworkIp, { name }: Named, partial = false): void {
  const bad = host.id === undefined ? undefined : /[^0-9a-fA-F:]/.exec(host.id)?.[0];
  if (bad !== undefined)
    throw networkError(`Invalid character '${bad}' in id '${host.id}' of network '${name}'`);
  if (host.name !== undefined && !/^[A-Za-z0-9]/.test(host.name))
    throw networkError(`Cannot use host name '${host.name}' in network '${name}'`);
  refuseMacOfIpv6(host, ip, name);
  if (partial) {
    if (host.mac === undefined && host.name === undefined && host.ip === undefined && host.id === undefined) {
      throw networkError(
        `At least one of name, mac, or ip attribute must be specified for static host definition in network '${name}'`,
      );
    }
  } else {
    checkIdentity(host, ip, name);
    if (host.ip === undefined)
      throw networkError(`Missing IP address in static host definition for network '${name}'`);
  }
  checkLease(host);
}

const isOfIpv6 = ({ address }: NetworkIp): boolean =>
  address !== undefined && knownIp(address).family === "ipv6";

function refuseMacOfIpv6({ mac }: DhcpHost, ip: NetworkIp, name: string): void {
  if (mac === undefined || !isOfIpv6(ip)) return;
  throw networkError(
    `Invalid to specify MAC address '${mac}' in network '${name}' IPv6 static host definition`,
  );
}

function checkIdentity(host: DhcpHost, ip: NetworkIp, name: string): void {
  const isIpv6 = isOfIpv6(ip);
  if (host.name !== undefined || (isIpv6 ? host.id : host.mac) !== undefined) return;
  const [family, key] = isIpv6 ? (["IPv6", "id"] as const) : (["IPv4", "mac"] as const);
  throw networkError(
    `Static host definition in ${family} network '${name}' must have ${key} or name attribute`,
  );
}

/** `<route>`. @throws VirError */
export function checkRoute(route: NetworkRoute, def: Pick<NetworkDef, "name" | "ips">): void {
  const refuse = (detail: string) => networkError(`${def.name}: ${detail}`);
  const { address: text, gateway, netmask, prefix } = route;
  if (text === undefined) throw refuse("Missing required address attribute in route definition");
  if (gateway === undefined) throw refuse("Missing required gateway attribute in route definition");
  const problem = wrongHop(route.family, { text, gateway, netmask });
  if (problem !== undefined) throw refuse(`${problem} in route definition`);
  const address = knownIp(text);
  if (netmask !== undefined && knownIp(netmask).family !== "ipv4")
    throw refuse(`Invalid netmask '${netmask}' for address '${text}' (both must be IPv4)`);
  if (prefix !== undefined && netmask !== undefined)
    throw refuse("Route definition cannot have both a prefix and a netmask");
  const bits = ipBits[address.family];
  if (prefix !== undefined && prefix > bits)
    throw refuse(`Invalid prefix ${prefix} specified in route definition, must be 0 - ${bits}`);
  if (!isNetwork(address, { prefix, netmask }))
    throw refuse(`Address '${text}' in route definition is not a network address`);
  if (!isReachable(def, knownIp(gateway)))
    throw unsupported(`unreachable static route gateway '${gateway}' specified for network '${def.name}'`);
}

interface Hops {
  readonly text: string;
  readonly gateway: string;
  readonly netmask: string | undefined;
}

/** What does not fit the family of a route. A gateway of the wrong one is told by the network's address. */
function wrongHop(family: string | undefined, { text, gateway, netmask }: Hops): string | undefined {
  const [address, via] = [knownIp(text).family, knownIp(gateway).family];
  if (family === "ipv6") {
    if (address !== "ipv6") return `ipv6 family specified for non-IPv6 address '${text}'`;
    if (netmask !== undefined) return `Specifying netmask invalid for IPv6 address '${text}'`;
    return via === "ipv6" ? undefined : `ipv6 specified for non-IPv6 gateway address '${gateway}'`;
  }
  if (family !== undefined && family !== "ipv4") return `Unrecognized family '${family}'`;
  const what = family === undefined ? "No family specified" : "IPv4 family specified";
  if (address !== "ipv4") return `${what} for non-IPv4 address '${text}'`;
  return via === "ipv4" ? undefined : `${what} for non-IPv4 gateway '${text}'`;
}

/** Whether an address has no bits beyond its prefix: without one that is the default route alone. */
function isNetwork(
  address: IpAddress,
  { prefix, netmask }: Pick<NetworkRoute, "prefix" | "netmask">,
): boolean {
  const length = routePrefix({ prefix, netmask });
  return length !== undefined && ipNetwork(address, length).value === address.value;
}
