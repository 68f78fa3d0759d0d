import {
  DomainModificationImpact,
  NetworkPortCreateFlags,
  NetworkUpdateCommand,
  NetworkUpdateSection,
} from "@libvirt-ts/api";
import { arg, doing, flag, int, ShellError, text } from "@libvirt-ts/cli";
import type { Connect, NetworkPort } from "@libvirt-ts/client";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findNetwork } from "../support/lookup.ts";
import { affect, impactOf, networkNames, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { localDateTime } from "../support/time.ts";

const commandNames: Readonly<Record<string, number>> = {
  modify: NetworkUpdateCommand.MODIFY,
  delete: NetworkUpdateCommand.DELETE,
  "add-last": NetworkUpdateCommand.ADD_LAST,
  "add-first": NetworkUpdateCommand.ADD_FIRST,
  add: NetworkUpdateCommand.ADD_LAST,
};

/** "ip-dhcp-host" for IP_DHCP_HOST. */
const sectionNames: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(NetworkUpdateSection)
    .filter(([name]) => name !== "NONE")
    .map(([name, number]) => [name.toLowerCase().replaceAll("_", "-"), number]),
);

export const netUpdate = command("net-update", {
  help: "change a part of a network",
  options: {
    network: arg("name or UUID of the network", networkNames),
    command: arg("add-first, add-last, delete or modify"),
    section: arg("part of the network"),
    xml: arg("the XML, or a file with it"),
    "parent-index": int("which of several parents"),
    ...affect,
  },
  async run(args, { connect, out }) {
    const { network: name, command: verb, section, xml: given, parentIndex = -1 } = args;
    const network = await findNetwork(connect, name);
    const command = commandNames[verb];
    if (command === undefined) throw new ShellError(`unrecognized command name '${verb}'`);
    const part = sectionNames[section];
    if (part === undefined) throw new ShellError(`unrecognized section name '${section}'`);
    const xml = given.startsWith("<") ? given : await readText(given);
    const flags = impactOf(args);
    await doing(
      `Failed to update network ${network.name}`,
      network.update({ command, section: part, parentIndex, xml, flags }),
    );
    const { CONFIG, LIVE } = DomainModificationImpact;
    const affected =
      flags === 0
        ? (await network.isActive())
          ? LIVE
          : CONFIG // what "current" means
        : flags;
    const states = [affected & CONFIG ? "persistent config" : "", affected & LIVE ? "live state" : ""];
    out.extra(`Updated network ${network.name} ${states.filter(Boolean).join(" and ")}`);
  },
});

export const netDhcpLeases = command("net-dhcp-leases", {
  help: "show who has an address of a network",
  options: { network: arg("name or UUID of the network", networkNames), mac: text("MAC address") },
  async run({ network: name, mac }, { connect, out }) {
    const network = await findNetwork(connect, name);
    const leases = await doing(
      `Failed to get leases info for ${name}`,
      network.getDhcpLeases({ ...(mac !== undefined && { mac }) }),
    );
    const rows = [...leases]
      .sort((a, b) => (a.expirytime < b.expirytime ? -1 : a.expirytime > b.expirytime ? 1 : 0))
      .map((lease) => [
        localDateTime(Number(lease.expirytime)),
        lease.mac ?? "-",
        lease.type === 1 ? "ipv6" : "ipv4",
        `${lease.ipaddr}/${lease.prefix}`,
        lease.hostname ?? "-",
        lease.clientid ?? "-",
      ]);
    const header = ["Expiry Time", "MAC address", "Protocol", "IP address", "Hostname", "Client ID or DUID"];
    out.table(header, rows);
  },
});

export const netPortList = command("net-port-list", {
  help: "show the ports of a network",
  options: {
    network: arg("name or UUID of the network", networkNames),
    uuid: flag("UUIDs only"),
    table: flag("as a table, which is the default"),
  },
  async run({ network: name, uuid, table }, { connect, out }) {
    const network = await findNetwork(connect, name);
    if (uuid && table) throw new ShellError("Options --table and --uuid are mutually exclusive");
    const ports = (await network.listAllPorts()).map(({ uuid: bytes }) => formatUuid(bytes)).sort();
    if (uuid) for (const port of ports) out.line(port);
    else
      out.table(
        ["UUID"],
        ports.map((port) => [port]),
      );
  },
});

export const netPortCreate = command("net-port-create", {
  help: "make a port of a network",
  options: {
    network: arg("name or UUID of the network", networkNames),
    file: arg("file with the XML"),
    validate: flag("check against the schema"),
  },
  async run({ network: name, file, validate }, { connect, out }) {
    const xml = await readText(file);
    const network = await findNetwork(connect, name);
    const flags = validate ? NetworkPortCreateFlags.VALIDATE : 0;
    const made = network.portCreateXml({ xml, flags });
    const port = await doing(`Failed to create network from ${file}`, made);
    out.done(`Network port ${formatUuid(port.uuid)} created from ${file}`);
  },
});

export const netPortDumpxml = command("net-port-dumpxml", {
  help: "show the XML of a port",
  options: {
    network: arg("name or UUID of the network", networkNames),
    port: arg("UUID of the port"),
    ...xpathView,
  },
  async run({ network, port, xpath, wrap }, { connect, out }) {
    showXml(out, await (await findPort(connect, network, port)).getXmlDesc(), { xpath, wrap });
  },
});

async function findPort(connect: Connect, name: string, text: string): Promise<NetworkPort> {
  const network = await findNetwork(connect, name);
  if (parseUuid(text) === undefined) throw new ShellError(`failed to get network port '${text}'`);
  return doing(`failed to get network port '${text}'`, network.portLookupByUuid({ uuid: text }));
}
export const netPortDelete = command("net-port-delete", {
  help: "take a port of a network away",
  options: { network: arg("name or UUID of the network", networkNames), port: arg("UUID of the port") },
  async run({ network, port: text }, { connect, out }) {
    const port = await findPort(connect, network, text);
    await doing(`Failed to delete network port ${text}`, port.delete());
    out.done(`Network port ${text} deleted`);
  },
});
