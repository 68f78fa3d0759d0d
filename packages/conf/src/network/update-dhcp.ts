import { knownIp } from "./addresses.ts";
import { checkDhcpHost, checkRange } from "./check-ip.ts";
import { DhcpHost, DhcpRange, type NetworkIp } from "./ip.ts";
import type { NetworkDef } from "./network.ts";
import { insert, invalid, type SectionUpdate } from "./update-sections.ts";

/** The `<ip>` an update of DHCP means: by index, or the one with DHCP, or the first of IPv4. */
function pickIp(def: NetworkDef, parentIndex: number, what: string): NetworkIp {
  if (parentIndex >= 0) {
    const ip = def.ips[parentIndex];
    if (!ip) {
      throw invalid(
        `couldn't update ${what} entry - no <ip> element found at index ${parentIndex} in network '${def.name}'`,
      );
    }
    return ip;
  }
  const ip =
    def.ips.find(hasDhcp) ??
    def.ips.find((known) => known.address && knownIp(known.address).family === "ipv4");
  if (!ip) throw invalid(`couldn't update ${what} entry - no <ip> element found in network '${def.name}'`);
  return ip;
}

const hasDhcp = ({ dhcp }: NetworkIp): boolean =>
  dhcp !== undefined && dhcp.ranges.length + dhcp.hosts.length > 0;

function dhcpOf(ip: NetworkIp): NonNullable<NetworkIp["dhcp"]> {
  ip.dhcp ??= { ranges: [], hosts: [] };
  return ip.dhcp;
}

/** `ip-dhcp-host` */
export const dhcpHosts: SectionUpdate = {
  tag: "host",
  run(def, { command, parentIndex, root }) {
    const ip = pickIp(def, parentIndex, "dhcp host");
    const host = DhcpHost.parse(root, {});
    checkDhcpHost(host, ip, def, command === "delete");
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
  run(def, { command, parentIndex, root }) {
    const ip = pickIp(def, parentIndex, "dhcp range");
    const range = DhcpRange.parse(root, {});
    checkRange(range, ip, def);
    if (command === "modify") throw invalid("dhcp ranges cannot be modified, only added or deleted");
    if (
      command !== "delete" &&
      !hasDhcp(ip) &&
      def.ips.some((other) => hasDhcp(other) && sameFamily(other, ip))
    ) {
      const family = ip.address?.includes(":") ? "IPv6" : "IPv4";
      throw invalid(`dhcp is supported only for a single ${family} address on each network`);
    }
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

const sameFamily = (a: NetworkIp, b: NetworkIp): boolean =>
  a.address !== undefined &&
  b.address !== undefined &&
  knownIp(a.address).family === knownIp(b.address).family;
