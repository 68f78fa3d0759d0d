import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { ipBroadcast, ipNetwork, isInNetwork } from "@libvirt-ts/util/ip";
import { knownIp, prefixOf } from "./addresses.ts";
import type { DhcpRange, NetworkIp } from "./ip.ts";

/**
 * How many addresses a range has; none if an end is not told.
 * @param ip the subnet it has to lie in
 * @throws VirError when it does not, or leaves no use of it
 */
export function rangeSize(range: Pick<DhcpRange, "start" | "end">, ip?: NetworkIp): number {
  if (range.start === undefined || range.end === undefined) return 0;
  const start = knownIp(range.start);
  const end = knownIp(range.end);
  const text = `${range.start} - ${range.end}`;
  const refuse = (detail: string) => internal(ErrorDomain.NONE, detail);
  if (start.family !== end.family) throw refuse(`mismatch of address family in range ${text}`);
  if (ip?.address !== undefined) {
    const address = knownIp(ip.address);
    if (start.family !== address.family)
      throw refuse(`mismatch of address family in range ${text} for network ${ip.address}`);
    const prefix = prefixOf(ip, address);
    if (prefix === undefined)
      throw refuse(`bad prefix -1 for network ${ip.address} when checking range ${text}`);
    const network = `${ip.address}/${prefix}`;
    if (!isInNetwork(start, address, prefix) || !isInNetwork(end, address, prefix)) {
      throw refuse(`range ${text} is not entirely within network ${network}`);
    }
    // A network of one or two addresses (and any of IPv6) has neither network nor broadcast address.
    if (address.family === "ipv4" && prefix < 31) {
      if (start.value === ipNetwork(address, prefix).value) {
        throw refuse(`start of range ${text} in network ${network} is the network address`);
      }
      if (end.value === ipBroadcast(address, prefix).value) {
        throw refuse(`end of range ${text} in network ${network} is the broadcast address`);
      }
    }
  }
  if (end.value < start.value)
    throw refuse(`range ${text} ${start.family === "ipv4" ? "is reversed " : "start larger than end"}`);
  const size = end.value - start.value + 1n;
  if (size > 65536n) throw refuse(`range ${text} is too large (> 65535)`);
  return Number(size);
}
