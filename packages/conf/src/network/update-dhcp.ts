import { knownIp } from "./addresses.ts";
import { checkDhcpHost, checkRange } from "./check-ip.ts";
import { DhcpHost, DhcpRange, type NetworkIp } from "./ip.ts";
import type { NetworkDef } from "./network.ts";
import { insert, invalid, type SectionUpdate, unchangeable } from "./update-sections.ts";

/** The `<ip>` an update of DHCP means: by index, or the one with DHCP, or the first of IPv4. */
function pickIp(def: NetworkDef, parentIndex: number): NetworkIp {
  if (parentIndex >= 0) {
    const ip = def.ips[parentIndex];
    if (!ip) {
      throw invalid(
        `couldn't update dhcp host entry - no <ip> element found at index ${parentIndex} in network '${def.name}'`,
      );
    }
    return ip;
  }
  const ip =
    def.ips.find(hasDhcp) ??
    def.ips.find((known) => known.address && knownIp(known.address).family === "ipv4");
  if (!ip) throw invalid(`couldn't update dhcp host entry - no <ip> element found in network '${def.name}'`);
  return ip;
}

const hasDhcp = ({ dhcp }: NetworkIp): boolean =>
  dhcp !== undefined && dhcp.ranges.length + dhcp.hosts.length > 0;

function dhcpOf(ip: NetworkIp): NonNullable<NetworkIp["dhcp"]> {
  ip.dhcp ??= { ranges: [], hosts: [] };
  return ip.dhcp;
}

/** One subnet of each family may have DHCP. */
function refuseSecondDhcp(def: NetworkDef, ip: NetworkIp): void {
  const others = def.ips.filter((other) => other !== ip && hasDhcp(other));
  if (!others.some(({ address }) => address !== undefined && isOfFamily(address, ip))) return;
  const family = ip.address?.includes(":") ? "IPv6" : "IPv4";
  throw invalid(`dhcp is supported only for a single ${family} address on each network`);
}

/** `ip-dhcp-host` */
export const dhcpHosts: SectionUpdate = {
  tag: "host",
  run(def, { command, parentIndex, root, context }) {
    const ip = pickIp(def, parentIndex);
    const host = DhcpHost.parse(root, context);
    checkDhcpHost(host, ip, def, command === "delete");
    if (command !== "delete" && host.ip !== undefined && !isOfFamily(host.ip, ip)) {
      throw invalid(
        "the address family of a host entry IP must match the address family of the dhcp element's parent",
      );
    }
    const { hosts } = dhcpOf(ip);
    const same = (key: "mac" | "name" | "ip" | "id", known: DhcpHost) =>
      host[key] !== undefined && host[key] === known[key];
    if (command === "modify") {
      const index = hosts.findIndex(
        (known) => same("mac", known) || same("id", known) || same("name", known),
      );
      if (index < 0) {
        const by = (["mac", "name", "ip"] as const)
          .map((key) => `"${key}='${host[key] ?? "unknown"}'"`)
          .join(" ");
        throw invalid(`couldn't locate an existing dhcp host entry with ${by} in network '${def.name}'`);
      }
      hosts[index] = host;
    } else if (command === "delete") {
      const index = hosts.findIndex((known) =>
        (["mac", "name", "ip", "id"] as const).every((key) => host[key] === undefined || same(key, known)),
      );
      if (index < 0) throw invalid(`couldn't locate a matching dhcp host entry in network '${def.name}'`);
      hosts.splice(index, 1);
    } else {
      refuseSecondDhcp(def, ip);
      if (hosts.some((known) => same("mac", known) || same("name", known) || same("ip", known))) {
        const text = `<host mac='${host.mac ?? "unknown"}' name='${host.name ?? ""}' ip='${host.ip}'/>`;
        throw invalid(`there is an existing dhcp host entry in network '${def.name}' that matches "${text}"`);
      }
      insert(hosts, host, command);
    }
  },
};

/** `ip-dhcp-range` */
export const dhcpRanges: SectionUpdate = {
  tag: "range",
  run(def, { command, parentIndex, root, context }) {
    const ip = pickIp(def, parentIndex);
    if (command === "modify") throw unchangeable("dhcp ranges");
    const range = DhcpRange.parse(root, context);
    checkRange(range, ip, def);
    if (command !== "delete") refuseSecondDhcp(def, ip);
    const { ranges } = dhcpOf(ip);
    const index = ranges.findIndex((known) => known.start === range.start && known.end === range.end);
    if (command === "delete") {
      if (index < 0) throw invalid(`couldn't locate a matching dhcp range entry in network '${def.name}'`);
      ranges.splice(index, 1);
      return;
    }
    if (index >= 0) {
      throw invalid(
        `there is an existing dhcp range entry in network '${def.name}' that matches "<range start='${range.start}' end='${range.end}'/>"`,
      );
    }
    insert(ranges, range, command);
  },
};

const isOfFamily = (text: string, ip: NetworkIp): boolean =>
  ip.address !== undefined && knownIp(ip.address).family === knownIp(text).family;
