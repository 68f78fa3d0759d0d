import { type DhcpHost, hostAddresses, type NetworkDef } from "@libvirt-ts/conf/network";
import { leaseText, textOfLines } from "./conf.ts";

/** Static DHCP entries, one a line: the content of `dhcp-hostsfile`. */
export function dhcpHostsFile(def: NetworkDef): string {
  const lines = hostAddresses(def).flatMap(({ address, ip }) =>
    (ip.dhcp?.hosts ?? []).map((host) => (address.family === "ipv6" ? ipv6Line(host) : ipv4Line(host))),
  );
  return textOfLines(lines);
}

const leaseWord = ({ lease }: DhcpHost): string[] => (lease ? [leaseText(lease)] : []);

function ipv4Line(host: DhcpHost): string {
  const { mac, ip, name } = host;
  const words = mac === undefined ? [name, ip] : name === undefined ? [mac, ip] : [mac, ip, name];
  return [...words, ...leaseWord(host)].join(",");
}

function ipv6Line(host: DhcpHost): string {
  const { id, name, ip } = host;
  const words = [...(id === undefined ? [] : [`id:${id}`]), ...(name === undefined ? [] : [name]), `[${ip}]`];
  return [...words, ...leaseWord(host)].join(",");
}

/** Static names, one address a line: the content of `addn-hosts`. */
export function addnHostsFile({ dns }: NetworkDef): string {
  const entries = dns?.hosts ?? [];
  return textOfLines(
    entries.map(({ ip, hostnames }) => `${ip}\t${hostnames.map((name) => `${name}\t`).join("")}`),
  );
}
