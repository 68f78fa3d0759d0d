import { ipBits, parseIp, prefixOfMask, reverseZone } from "@libvirt-ts/util/ip";
import { xmlError } from "@libvirt-ts/xml";
import { type HostAddress, hostAddresses, isReachable, knownIp, prefixOf } from "./addresses.ts";
import type { DhcpHost, DhcpRange, NetworkIp, NetworkRoute } from "./ip.ts";
import type { NetworkDef } from "./network.ts";
import { rangeSize } from "./range.ts";

type Named = Pick<NetworkDef, "name">;

/** `<ip>` and everything in it. @throws VirError */
export function checkIp(ip: NetworkIp, def: Named): void {
  const { name } = def;
  if (ip.address === undefined) throw xmlError(`Missing required address attribute in network '${name}'`);
  checkAddressFamily(ip, ip.address, name);
  checkMask(ip, ip.address, name);
  const host = hostAddresses({ ips: [ip] })[0];
  if (!host) return;
  if (ip.localPtr && reverseZone(host.address, host.prefix) === undefined) {
    const family = host.address.family === "ipv4" ? "IPv4" : "IPv6";
    throw xmlError(
      `PTR domain for ${family} network with prefix ${host.prefix} cannot be automatically created`,
    );
  }
  if (ip.tftpRoot !== undefined && host.address.family === "ipv6") {
    throw xmlError(`Unsupported <tftp> element in an IPv6 element in network '${name}'`);
  }
  for (const range of ip.dhcp?.ranges ?? []) checkRange(range, host);
  for (const entry of ip.dhcp?.hosts ?? []) checkDhcpHost(entry, ip, def);
  const server = ip.dhcp?.bootp?.server;
  if (server !== undefined && !parseIp(server)) throw xmlError(`Invalid bootp server address '${server}'`);
}

function checkAddressFamily(ip: { family?: "ipv4" | "ipv6" | undefined }, text: string, name: string): void {
  const { family } = knownIp(text);
  if (family === "ipv6" && ip.family === undefined) {
    throw xmlError(`no family specified for non-IPv4 address '${text}' in network '${name}'`);
  }
  if (family === "ipv6" && ip.family === "ipv4") {
    throw xmlError(`ipv4 family specified for non-IPv4 address '${text}' in network '${name}'`);
  }
  if (family === "ipv4" && ip.family === "ipv6") {
    throw xmlError(`Family 'ipv6' specified for non-IPv6 address '${text}' in network '${name}'`);
  }
}

type Masked = { prefix?: number | undefined; netmask?: string | undefined };

function checkMask(given: Masked, text: string, name: string): void {
  const { family } = knownIp(text);
  if (given.netmask !== undefined) {
    if (given.prefix !== undefined) {
      throw xmlError(`network '${name}' cannot have both prefix='${given.prefix}' and a netmask`);
    }
    if (family === "ipv6")
      throw xmlError(`netmask not allowed for IPv6 address '${text}' in network '${name}'`);
    const mask = knownIp(given.netmask);
    if (mask.family !== "ipv4") {
      throw xmlError(
        `Invalid netmask '${given.netmask}' for address '${text}' in network '${name}' (both must be IPv4)`,
      );
    }
    if (prefixOfMask(mask) === undefined)
      throw xmlError(`Invalid netmask '${given.netmask}' in network '${name}'`);
  }
  if (given.prefix !== undefined && given.prefix > ipBits[family]) {
    const word = family === "ipv4" ? "IPv4" : "IPv6";
    throw xmlError(`Invalid ${word} prefix '${given.prefix}' in network '${name}'`);
  }
}

/** @throws VirError */
export function checkRange(range: DhcpRange, host: HostAddress | undefined): void {
  rangeSize(range, host);
  checkLease(range);
}

function checkLease({ lease }: Pick<DhcpRange, "lease">): void {
  if (lease && lease.expiry !== 0 && lease.unit === "seconds" && lease.expiry < 120) {
    throw xmlError("The minimum lease time should be greater than 2 minutes");
  }
}

/**
 * A static DHCP entry. @throws VirError
 * @param partial it only has to say enough to find an entry
 */
export function checkDhcpHost(host: DhcpHost, ip: NetworkIp, { name }: Named, partial = false): void {
  if (host.name !== undefined && !/^[A-Za-z]/.test(host.name)) {
    throw xmlError(`Cannot use host name '${host.name}' in network '${name}'`);
  }
  if (host.id !== undefined) {
    const bad = /[^0-9a-fA-F:]/.exec(host.id)?.[0];
    if (bad !== undefined)
      throw xmlError(`Invalid character '${bad}' in id '${host.id}' of network '${name}'`);
  }
  if (partial) {
    if (host.mac === undefined && host.name === undefined && host.ip === undefined && host.id === undefined) {
      throw xmlError(
        `At least one of name, mac, or ip attribute must be specified for static host definition in network '${name}'`,
      );
    }
  } else {
    checkIdentity(host, ip, name);
    if (host.ip === undefined)
      throw xmlError(`Missing IP address in static host definition for network '${name}'`);
  }
  if (
    host.ip !== undefined &&
    ip.address !== undefined &&
    knownIp(host.ip).family !== knownIp(ip.address).family
  ) {
    throw xmlError(`Invalid IP address in static host definition for network '${name}'`);
  }
  checkLease(host);
}

function checkIdentity(host: DhcpHost, ip: NetworkIp, name: string): void {
  if (ip.address !== undefined && knownIp(ip.address).family === "ipv6") {
    if (host.mac !== undefined) {
      throw xmlError(
        `Invalid to specify MAC address '${host.mac}' in network '${name}' IPv6 static host definition`,
      );
    }
    if (host.id === undefined && host.name === undefined) {
      throw xmlError(`Static host definition in IPv6 network '${name}' must have id or name attribute`);
    }
    return;
  }
  if (host.mac === undefined && host.name === undefined) {
    throw xmlError(`Static host definition in IPv4 network '${name}' must have mac or name attribute`);
  }
}

/** `<route>`. @throws VirError */
export function checkRoute(route: NetworkRoute, def: Pick<NetworkDef, "name" | "ips">): void {
  const { name } = def;
  if (route.address === undefined) throw xmlError(`Missing required address attribute in route definition`);
  if (route.gateway === undefined) throw xmlError(`Missing required gateway attribute in route definition`);
  checkAddressFamily(route, route.address, name);
  checkAddressFamily(route, route.gateway, name);
  checkMask(route, route.address, name);
  if (route.metric === 0) throw xmlError("Invalid metric value, must be > 0");
  const address = knownIp(route.address);
  const isDefault = address.value === 0n;
  if (!isDefault && route.prefix === undefined && route.netmask === undefined && address.family === "ipv6") {
    throw xmlError(`Missing required prefix attribute for IPv6 route '${route.address}'`);
  }
  prefixOf(route, address);
  if (!isReachable(def, knownIp(route.gateway))) {
    throw xmlError(`unreachable static route gateway '${route.gateway}' specified for network '${name}'`);
  }
}
