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

/** The prefix as written, of the netmask, or the one an address of its class has by itself (IPv6: 64). */
export function prefixOf(
  given: { prefix?: number | undefined; netmask?: string | undefined },
  address: IpAddress,
): number {
  if (given.netmask !== undefined) {
    const prefix = prefixOfMask(knownIp(given.netmask));
    if (prefix === undefined) throw xmlError(`Invalid netmask '${given.netmask}'`);
    return prefix;
  }
  if (given.prefix !== undefined) return given.prefix;
  if (address.family === "ipv6") return 64;
  const first = address.value >> 24n;
  return first < 128n ? 8 : first < 192n ? 16 : 24;
}

/** All addresses of the host in this network, in order. */
export function hostAddresses(def: Pick<NetworkDef, "ips">): HostAddress[] {
  return def.ips.flatMap((ip) => {
    if (ip.address === undefined) return [];
    const address = knownIp(ip.address);
    return [{ address, prefix: prefixOf(ip, address), ip }];
  });
}

/** Whether an address belongs to one of the network's own subnets. */
export function isReachable(def: Pick<NetworkDef, "ips">, address: IpAddress): boolean {
  return hostAddresses(def).some((host) => isInNetwork(address, host.address, host.prefix));
}
