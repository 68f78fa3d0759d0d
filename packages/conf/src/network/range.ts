import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { ipBroadcast, ipNetwork, isInNetwork } from "@libvirt-ts/util/ip";
import { xmlError } from "@libvirt-ts/xml";
import { type HostAddress, knownIp } from "./addresses.ts";
import type { DhcpRange } from "./ip.ts";

/**
 * How many addresses a range has.
 * @throws VirError when the range does not lie inside the subnet, or leaves no use of it
 */
export function rangeSize(range: DhcpRange, host: HostAddress | undefined): number {
  const { start: startText, end: endText } = range;
  if (startText === undefined) throw xmlError("Missing 'start' attribute in dhcp range");
  if (endText === undefined) throw xmlError("Missing 'end' attribute in dhcp range");
  const start = knownIp(startText);
  const end = knownIp(endText);
  const text = `${startText} - ${endText}`;
  const refuse = (detail: string) => internal(ErrorDomain.NONE, detail);
  if (start.family !== end.family) throw refuse(`mismatch of address family in range ${text}`);
  if (host) {
    const { address, prefix } = host;
    if (start.family !== address.family)
      throw refuse(`mismatch of address family in range ${text} for network ${host.ip.address}`);
    const network = `${host.ip.address}/${prefix}`;
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
  if (end.value < start.value) throw refuse(`range ${text} is reversed `);
  const size = end.value - start.value + 1n;
  if (size > 65536n) throw refuse(`range ${text} is too large (> 65535)`);
  return Number(size);
}
