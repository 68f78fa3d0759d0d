import { type IpAddress, isInNetwork, parseIp, prefixOfMask } from "@libvirt-ts/util/ip";
import { xmlError } from "@libvirt-ts/xml";
import type { NetworkIp } from "./ip.ts";
import type { NetworkDef } from "./network.ts";

/** An address of the host in a network, with the length of the network part. */
export interface HostAddress {
  address: IpAddress;
  prefix: number;
  ip: NetworkIp;
}

/** Reads what the codec has already made canonical. */
export function knownIp(text: string): IpAddress {
  const address = parseIp(text);
  if (!address) throw xmlError(`Invalid IP address '${text}'`);
  return address;
}

type Masked = { prefix?: number | undefined; netmask?: string | undefined };

/**
 * The prefix as written, of the netmask, or the one an address of its class has by itself (IPv6: 64).
 * @returns undefined if the mask has holes, or the class has no networks
 */
export function prefixOf({ prefix, netmask }: Masked, address: IpAddress): number | undefined {
  if (prefix) return prefix;
  if (netmask !== undefined) return prefixOfMask(knownIp(netmask));
  if (address.family === "ipv6") return 64;
  const first = address.value >> 24n;
  if (first < 128n) return 8;
  if (first < 192n) return 16;
  return first < 224n ? 24 : undefined;
}

/** The prefix of a route; without one it is the default route. @returns undefined if the mask has holes */
export function routePrefix({ prefix, netmask }: Masked): number | undefined {
  return prefix ?? (netmask === undefined ? 0 : prefixOfMask(knownIp(netmask)));
}

/** All addresses of the host in networks of this one, in order. */
export function hostAddresses(def: Pick<NetworkDef, "ips">): HostAddress[] {
  return def.ips.flatMap((ip) => {
    if (ip.address === undefined) return [];
    const address = knownIp(ip.address);
    const prefix = prefixOf(ip, address);
    return prefix === undefined ? [] : [{ address, prefix, ip }];
  });
}

/** Whether an address belongs to one of the network's own subnets. */
export function isReachable(def: Pick<NetworkDef, "ips">, address: IpAddress): boolean {
  return hostAddresses(def).some((host) => isInNetwork(address, host.address, host.prefix));
}
