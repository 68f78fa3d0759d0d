import { type NetworkDef, readNetwork, writeNetwork } from "@libvirt-ts/conf/network";
import type { NftHandle } from "@libvirt-ts/firewall";
import { childNamed, childrenNamed, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";

/** What the status file of an active network says. */
export interface NetworkStatus {
  def: NetworkDef;
  firewall: NftHandle[];
}

/** The content of a status file, in libvirt's form: the rules to remove are nft commands, one an `<action>`. */
export function formatStatus({ def, firewall }: NetworkStatus): string {
  const writer = new XmlWriter();
  writer.open("networkstatus");
  empty(writer, "class_id", { bitmap: "0-2" });
  empty(writer, "floor", { sum: "0" });
  writeNetwork(def, writer);
  if (firewall.length > 0) {
    writer.open("firewall");
    writer.attr("name", "fwRemoval");
    writer.attr("backend", "nftables");
    writer.open("group");
    writer.attr("ignoreErrors", "yes");
    for (const handle of firewall) writeAction(writer, handle);
    writer.close("group");
    writer.close("firewall");
  }
  writer.close("networkstatus");
  return writer.toString();
}

function empty(writer: XmlWriter, tag: string, attrs: Record<string, string>): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, value);
  writer.close(tag);
}

function writeAction(writer: XmlWriter, { family, table, chain, handle }: NftHandle): void {
  writer.open("action");
  writer.attr("layer", family === "ip" ? "ipv4" : "ipv6");
  writer.open("args");
  for (const word of ["delete", "rule", family, table, chain, "handle", String(handle)]) {
    writer.open("item");
    writer.closeWithText("item", word);
  }
  writer.close("args");
  writer.close("action");
}

/** @throws VirError XML_ERROR */
export function parseStatus(text: string): NetworkStatus {
  const root = parseXml(text);
  const network = childNamed(root, "network");
  if (root.name !== "networkstatus" || !network)
    throw xmlError("Could not find any 'network' element in status file");
  const groups = childrenNamed(root, "firewall").flatMap((firewall) => childrenNamed(firewall, "group"));
  const actions = groups.flatMap((group) => childrenNamed(group, "action"));
  return { def: readNetwork(network), firewall: actions.flatMap(readAction) };
}

function readAction(action: XmlElement): NftHandle[] {
  const args = childNamed(action, "args");
  const [verb, kind, family, table, chain, key, handle] = args
    ? childrenNamed(args, "item").map((item) => item.text)
    : [];
  const isRemoval =
    verb === "delete" && kind === "rule" && key === "handle" && Number.isInteger(Number(handle));
  if (!isRemoval || (family !== "ip" && family !== "ip6") || table === undefined || chain === undefined)
    return [];
  return [{ family, table, chain, handle: Number(handle) }];
}
