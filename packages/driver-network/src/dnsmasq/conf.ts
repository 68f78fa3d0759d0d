import {
  type HostAddress,
  hostAddresses,
  type Lease,
  type NetworkDef,
  networkMode,
  rangeSize,
} from "@libvirt-ts/conf/network";
import { formatIp, ipMask, reverseZone } from "@libvirt-ts/util/ip";
import { escapeXml } from "@libvirt-ts/xml";
import { configUnsupported } from "../errors.ts";

export interface DnsmasqPaths {
  /** Where `NAME.hostsfile` and `NAME.addnhosts` go. */
  stateDir: string;
  pidFile?: string;
}

/** Static DHCP entries and static names: libvirt writes the network's name into the paths in its XML form. */
export function hostsFiles(name: string, stateDir: string): { hosts: string; names: string } {
  const stem = `${stateDir}/${escapeXml(name)}`;
  return { hosts: `${stem}.hostsfile`, names: `${stem}.addnhosts` };
}

const bothFamilies = ["ipv4", "ipv6"] as const;

/**
 * The configuration of the dnsmasq that serves a network.
 * @throws VirError for a range that does not fit its subnet
 */
export function dnsmasqConf(def: NetworkDef, bridge: string, paths: DnsmasqPaths): string {
  const lines = [
    ...heading(def.name),
    "strict-order",
    ...dnsLines(def),
    ...(paths.pidFile === undefined ? [] : [`pid-file=${paths.pidFile}`]),
    "except-interface=lo",
    "bind-dynamic",
    `interface=${bridge}`,
    ...isolationLines(def),
    ...recordLines(def),
    ...serviceLines(def, paths),
    ...(def.dnsmasqOptions ?? []),
  ];
  return textOfLines(lines);
}

/** One line each. @throws VirError when a value would make two of one */
export function textOfLines(lines: readonly string[]): string {
  const broken = lines.find((line) => /[\n\r]/.test(line));
  if (broken !== undefined)
    throw configUnsupported(`line break in a value for dnsmasq: ${JSON.stringify(broken)}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether a network needs a dnsmasq at all. */
export function needsDnsmasq(def: NetworkDef): boolean {
  const addresses = hostAddresses(def);
  if (addresses.length === 0) return false;
  return (
    def.dns?.enable !== false || addresses.some(({ ip }) => hasDhcp({ ip }) || ip.tftpRoot !== undefined)
  );
}

export const hasDhcp = ({ ip }: Pick<HostAddress, "ip">): boolean =>
  (ip.dhcp?.ranges.length ?? 0) + (ip.dhcp?.hosts.length ?? 0) > 0;

const heading = (name: string): string[] => [
  "##WARNING:  THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE",
  "##OVERWRITTEN AND LOST.  Changes to this configuration should be made using:",
  `##    virsh net-edit ${name}`,
  "## or other application using the libvirt API.",
  "##",
  "## dnsmasq conf file created by libvirt",
];

function dnsLines(def: NetworkDef): string[] {
  const { dns, domain } = def;
  const lines: string[] = [];
  if (dns?.enable === false) lines.push("port=0");
  const forwarders = dns?.forwarders ?? [];
  for (const { domain: zone, addr } of forwarders) {
    lines.push(`server=${zone === undefined ? "" : `/${zone}/`}${addr ?? "#"}`);
  }
  if (forwarders.some((forwarder) => forwarder.domain === undefined)) lines.push("no-resolv");
  if (domain?.name !== undefined) {
    if (domain.localOnly) lines.push(`local=/${domain.name}/`);
    lines.push(`domain=${domain.name}`, "expand-hosts");
  }
  for (const { address, prefix, ip } of hostAddresses(def)) {
    const zone = ip.localPtr ? reverseZone(address, prefix) : undefined;
    if (zone !== undefined) lines.push(`local=/${zone}/`);
  }
  if (dns?.forwardPlainNames === false) lines.push("domain-needed", "local=//");
  return lines;
}

/** Guests of an isolated network must not learn of a way out: no gateway, no DNS of the host, no IPv6 router. */
const isolationLines = (def: NetworkDef): string[] =>
  networkMode(def) === "isolated" ? ["dhcp-option=3", "no-resolv", "ra-param=*,0,0"] : [];

function recordLines({ dns }: NetworkDef): string[] {
  const lines = (dns?.txts ?? []).map(({ name, value }) => `txt-record=${name},${value}`);
  for (const { service, protocol, domain, target, port, priority, weight } of dns?.srvs ?? []) {
    const words = [`_${service}._${protocol}${domain === undefined ? "" : `.${domain}`}`];
    if (target !== undefined) {
      words.push(target);
      // A later number needs the ones before it.
      const numbers = [port, priority, weight];
      const defaults = [1, 0, 0];
      const last = numbers.findLastIndex((value) => value !== undefined);
      for (let index = 0; index <= last; index++) words.push(String(numbers[index] ?? defaults[index]));
    }
    lines.push(`srv-host=${words.join(",")}`);
  }
  return lines;
}

/** DHCP, TFTP, static names and router advertisements. */
function serviceLines(def: NetworkDef, { stateDir }: DnsmasqPaths): string[] {
  const addresses = hostAddresses(def);
  const lines: string[] = [];
  const tftp = addresses.find(({ ip }) => ip.tftpRoot !== undefined);
  if (tftp) lines.push("enable-tftp", `tftp-root=${tftp.ip.tftpRoot}`);
  // One subnet of each family can have DHCP.
  const served = bothFamilies.flatMap((family) => {
    const host = addresses.find((item) => item.address.family === family && hasDhcp(item));
    return host ? [host] : [];
  });
  let leases = 0;
  for (const host of served) {
    const { ranges, hosts, bootp } = host.ip.dhcp ?? { ranges: [], hosts: [] };
    for (const range of ranges) {
      leases += rangeSize(range, host.ip);
      lines.push(rangeLine(range, host));
    }
    if (ranges.length === 0 && hosts.length > 0) {
      const prefix = host.address.family === "ipv6" ? `,${host.prefix}` : "";
      lines.push(`dhcp-range=${host.ip.address},static${prefix}`);
    }
    if (host.address.family === "ipv4") {
      lines.push("dhcp-no-override", "dhcp-authoritative");
      if (bootp?.file !== undefined) {
        lines.push(`dhcp-boot=${bootp.file}${bootp.server === undefined ? "" : `,,${bootp.server}`}`);
      }
    }
  }
  if (leases > 0) lines.push(`dhcp-lease-max=${leases}`);
  const { hosts, names } = hostsFiles(def.name, stateDir);
  if (served.length > 0) lines.push(`dhcp-hostsfile=${hosts}`);
  if (def.dns?.enable !== false) lines.push(`addn-hosts=${names}`);
  if (def.mtu !== undefined) lines.push(`dhcp-option=option:mtu,${def.mtu}`);
  return [...lines, ...advertisementLines(addresses, served)];
}

function rangeLine(
  { start, end, lease }: { start?: string | undefined; end?: string | undefined; lease?: Lease | undefined },
  { address, prefix, ip }: HostAddress,
): string {
  const mask = () => ip.netmask ?? formatIp(ipMask("ipv4", prefix));
  const words = [start, end, address.family === "ipv6" ? String(prefix) : mask()];
  if (lease) words.push(leaseText(lease));
  return `dhcp-range=${words.join(",")}`;
}

/** `30s`, `5m`, `2h`, `infinite` */
export const leaseText = ({ expiry, unit }: Lease): string =>
  expiry === 0 ? "infinite" : `${expiry}${unit[0]}`;

function advertisementLines(addresses: readonly HostAddress[], served: readonly HostAddress[]): string[] {
  if (served.some(({ address }) => address.family === "ipv6")) return ["enable-ra"];
  return addresses
    .filter(({ address }) => address.family === "ipv6")
    .map(({ ip }) => `dhcp-range=${ip.address},ra-only`);
}
