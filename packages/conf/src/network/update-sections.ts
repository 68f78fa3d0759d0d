import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Context, XmlElement } from "@libvirt-ts/xml";
import { checkDnsHost, checkSrv, checkTxt } from "./check-dns.ts";
import { type Dns, DnsHost, DnsSrv, DnsTxt } from "./dns.ts";
import { networkError } from "./errors.ts";
import { ForwardInterface } from "./forward.ts";
import { type NetworkDef, PortGroup } from "./network.ts";
import type { UpdateCommand, UpdateSection } from "./update.ts";
import { dhcpHosts, dhcpRanges } from "./update-dhcp.ts";

/** What is to be done inside one section. */
export interface SectionCall {
  command: UpdateCommand;
  parentIndex: number;
  root: XmlElement;
  context: Context;
}

/** How one section is changed, in place. */
export interface SectionUpdate {
  /** The element an update of this section consists of. */
  tag: string;
  run(def: NetworkDef, call: SectionCall): void;
}

export const invalid = (detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, ErrorCode.OPERATION_INVALID, detail);

/** Of some entries nothing can be changed. */
export const unchangeable = (entries: string): VirError =>
  new VirError(
    ErrorDomain.NETWORK,
    ErrorCode.OPERATION_UNSUPPORTED,
    `${entries} cannot be modified, only added or deleted`,
  );

/** Puts a new entry where the command says. */
export function insert<T>(entries: T[], entry: T, command: UpdateCommand): void {
  if (command === "add-first") entries.unshift(entry);
  else entries.push(entry);
}

function dnsOf(def: NetworkDef): Dns {
  def.dns ??= { forwarders: [], txts: [], srvs: [], hosts: [] };
  return def.dns;
}

const forwardInterfaces: SectionUpdate = {
  tag: "interface",
  run(def, { command, root }) {
    if (command === "modify") throw unchangeable("forward interface entries");
    if (root.attrs.dev === undefined) throw networkError("missing dev attribute in <interface> element");
    const { dev } = ForwardInterface.parse(root, {});
    // Where nothing is forwarded, what it could go by is kept by nobody.
    const interfaces = def.forward?.interfaces ?? [];
    const index = interfaces.findIndex((known) => known.dev === dev);
    if (command === "delete") {
      const known = interfaces[index];
      if (!known) {
        throw invalid(
          `couldn't find an interface entry in network '${def.name}' matching <interface dev='${dev}'>`,
        );
      }
      if (known.connections) {
        throw invalid(
          `unable to delete interface '${dev}' in network '${def.name}'. It is currently being used  by ${known.connections} domains.`,
        );
      }
      interfaces.splice(index, 1);
      return;
    }
    if (index >= 0) {
      throw invalid(
        `there is an existing interface entry in network '${def.name}' that matches "<interface dev='${dev}'>"`,
      );
    }
    insert(interfaces, { dev }, command);
  },
};

const portGroups: SectionUpdate = {
  tag: "portgroup",
  run(def, { command, root, context }) {
    const group = PortGroup.parse(root, context);
    const index = def.portGroups.findIndex((known) => known.name === group.name);
    if (index < 0 && (command === "modify" || command === "delete")) {
      throw invalid(
        `couldn't find a portgroup entry in network '${def.name}' matching <portgroup name='${group.name}'>`,
      );
    }
    if (command === "delete") {
      def.portGroups.splice(index, 1);
      return;
    }
    if (index >= 0 && command !== "modify") {
      throw invalid(
        `there is an existing portgroup entry in network '${def.name}' that matches "<portgroup name='${group.name}'>"`,
      );
    }
    if (group.isDefault && def.portGroups.some((known) => known.isDefault && known.name !== group.name)) {
      throw invalid(
        `a different portgroup entry in network '${def.name}' is already set as the default. Only one default is allowed.`,
      );
    }
    if (command === "modify") def.portGroups[index] = group;
    else insert(def.portGroups, group, command);
  },
};

/** Where exactly one entry has to match. */
function onlyMatch(indexes: number[], record: string, def: NetworkDef): number {
  const [first] = indexes;
  if (first === undefined)
    throw invalid(`couldn't locate a matching ${record} record in network ${def.name}`);
  if (indexes.length > 1) {
    throw invalid(
      record === "DNS SRV"
        ? `multiple DNS SRV records matching all specified fields were found in network ${def.name}`
        : `multiple matching ${record} records were found in network ${def.name}`,
    );
  }
  return first;
}

function indexesOf<T>(entries: readonly T[], matches: (entry: T) => boolean): number[] {
  return entries.flatMap((entry, index) => (matches(entry) ? [index] : []));
}

const dnsHosts: SectionUpdate = {
  tag: "host",
  run(def, { command, root, context }) {
    const host = DnsHost.parse(root, context);
    const deleting = command === "delete";
    checkDnsHost(host, def, deleting || command === "modify");
    const { hosts } = dnsOf(def);
    // One name may have several addresses: only a deletion may go by name.
    const found = indexesOf(
      hosts,
      (known) =>
        (host.ip !== undefined && known.ip === host.ip) ||
        (deleting && known.hostnames.some((name) => host.hostnames.includes(name))),
    );
    if (deleting) hosts.splice(onlyMatch(found, "DNS HOST", def), 1);
    else if (command === "modify") hosts[onlyMatch(found, "DNS HOST", def)] = host;
    else if (found.length > 0) {
      throw invalid(
        `there is already at least one DNS HOST record with a matching field in network ${def.name}`,
      );
    } else insert(hosts, host, command);
  },
};

const dnsTxts: SectionUpdate = {
  tag: "txt",
  run(def, { command, root, context }) {
    const txt = DnsTxt.parse(root, context);
    const deleting = command === "delete";
    checkTxt(txt, def, deleting || command === "modify");
    const { txts } = dnsOf(def);
    const found = indexesOf(txts, (known) => known.name === txt.name);
    if (deleting) txts.splice(onlyMatch(found, "DNS TXT", def), 1);
    else if (command === "modify") txts[onlyMatch(found, "DNS TXT", def)] = txt;
    else if (found.length > 0) {
      throw invalid(`there is already a DNS TXT record with name '${txt.name}' in network ${def.name}`);
    } else insert(txts, txt, command);
  },
};

const srvKeys = ["service", "protocol", "domain", "target", "port", "priority", "weight"] as const;

const dnsSrvs: SectionUpdate = {
  tag: "srv",
  run(def, { command, root, context }) {
    if (command === "modify") throw unchangeable("DNS SRV records");
    const srv = DnsSrv.parse(root, context);
    const deleting = command === "delete";
    checkSrv(srv, def, deleting);
    const { srvs } = dnsOf(def);
    const found = indexesOf(srvs, (known) => srvKeys.every((key) => !srv[key] || srv[key] === known[key]));
    if (deleting) srvs.splice(onlyMatch(found, "DNS SRV", def), 1);
    else if (found.length > 0) {
      throw invalid(
        `there is already at least one DNS SRV record matching all specified fields in network ${def.name}`,
      );
    } else insert(srvs, srv, command);
  },
};

/** The sections that can be changed; the others can only be replaced by a new definition. */
export const sectionUpdates: Partial<Record<UpdateSection, SectionUpdate>> = {
  "ip-dhcp-host": dhcpHosts,
  "ip-dhcp-range": dhcpRanges,
  "forward-interface": forwardInterfaces,
  portgroup: portGroups,
  "dns-host": dnsHosts,
  "dns-txt": dnsTxts,
  "dns-srv": dnsSrvs,
};
