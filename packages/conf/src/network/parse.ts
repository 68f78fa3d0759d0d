import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { type Context, childNamed, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";
import { checkNetwork } from "./check.ts";
import { fillNetwork } from "./fill.ts";
import { type NetworkDef, NetworkSyntax } from "./network.ts";

export interface ParseNetworkOptions extends Context {
  /** The UUID of a network that names none. */
  newUuid?: () => Uuid;
}

/**
 * Reads a `<network>` document: syntax, defaults, sense.
 * @throws VirError XML_DETAIL (not XML), NO_NAME, XML_ERROR
 */
export function parseNetwork(text: string, options: ParseNetworkOptions = {}): NetworkDef {
  return readNetwork(parseXml(text, { errorDomain: ErrorDomain.NETWORK }), options);
}

/** In which order libvirt looks at the parts of a network: of several mistakes it tells the first. */
const readingOrder = [
  "name",
  "uuid",
  "title",
  "description",
  "domain",
  "bandwidth",
  "vlan",
  "port",
  "bridge",
  "mac",
  "mtu",
  "dns",
  "virtualport",
  "portgroup",
  "ip",
  "route",
  "forward",
];

const inReadingOrder = (root: XmlElement): XmlElement => ({
  ...root,
  children: root.children.toSorted((a, b) => readingOrder.indexOf(a.name) - readingOrder.indexOf(b.name)),
});

/** The same from an element of another document. */
export function readNetwork(root: XmlElement, options: ParseNetworkOptions = {}): NetworkDef {
  if (root.name !== "network") {
    throw xmlError(`expecting root element of 'network', not '${root.name}'`);
  }
  const name = childNamed(root, "name")?.text;
  if (name === undefined || name === "") throw new VirError(ErrorDomain.NETWORK, ErrorCode.NO_NAME);
  if (name.includes("/"))
    throw new VirError(ErrorDomain.XML, ErrorCode.XML_DETAIL, "invalid char in name: /");
  const syntax = NetworkSyntax.parse(inReadingOrder(root), { ...options, networkName: name });
  const def: NetworkDef = { ...syntax, name, uuid: syntax.uuid ?? (options.newUuid ?? randomUuid)() };
  checkNetwork(def);
  fillNetwork(def);
  return def;
}

/** The text of a network, with a final newline. `inactive`: what is true only of a running one is left out. */
export function formatNetwork(def: NetworkDef, options: Context = {}): string {
  const writer = new XmlWriter();
  writeNetwork(def, writer, options);
  return writer.toString();
}

/** The same inside another document. */
export function writeNetwork(def: NetworkDef, writer: XmlWriter, options: Context = {}): void {
  NetworkSyntax.format(def, writer, options);
}
