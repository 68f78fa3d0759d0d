import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { parseMac } from "@libvirt-ts/util/mac";
import { randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  attrOf,
  child,
  element,
  type Infer,
  leaf,
  oneOf,
  parseXml,
  refusing,
  type Scalar,
  str,
  variant,
  type XmlElement,
  XmlWriter,
  xmlError,
  yesNo,
} from "@libvirt-ts/xml";
import { checkPciNumbers, pciNumbers } from "../domain/address.ts";
import { strictUnicastMac } from "../types.ts";
import { networkError } from "./errors.ts";
import { macTableManagers } from "./network.ts";
import { Bandwidth, isolatedPort, PciDriver, VirtualPort, Vlan } from "./parts.ts";
import { uuidText } from "./scalars.ts";

const lacks = (what: string) => internal(ErrorDomain.NETWORK, `network port has no ${what}`);
const needs = (what: string) => ({
  required: true as const,
  missing: () => networkError(`Missing network port ${what}`),
});

const onBridge = {
  bridge: attr("bridge", str, needs("bridge name")),
  macTableManager: attr(
    "macTableManager",
    oneOf(macTableManagers, (text) =>
      networkError(`Invalid macTableManager setting '${text}' in network port`),
    ),
  ),
};

/** How several share one device. */
const sharing = oneOf(["vepa", "private", "bridge", "passthrough"], (text) =>
  networkError(`Invalid mode setting '${text}' in network port`),
);

/** `<plug>`: what a guest's interface has to be connected to. */
const Plug = element("plug", {
  type: attr("type", oneOf(["network", "bridge", "direct", "hostdev-pci"]), { required: true }),
  details: variant("type", {
    network: onBridge,
    bridge: onBridge,
    direct: {
      dev: attr("dev", str, needs("link device name")),
      mode: attr("mode", sharing, { default: "vepa" as const }),
    },
    "hostdev-pci": {
      managed: attr("managed", yesNo),
      driver: child(PciDriver),
      address: child(element("address", pciNumbers, { read: checkPciNumbers }), needs("PCI address")),
    },
  }),
});
export type Plug = Infer<typeof Plug>;

const uuid = refusing(uuidText, (text) => internal(ErrorDomain.NETWORK, `Unable to parse UUID '${text}'`));
const mac: Scalar<string> = strictUnicastMac({
  parse(text) {
    const address = parseMac(text);
    if (address === undefined) throw internal(ErrorDomain.NETWORK, `Unable to parse MAC '${text}'`);
    return address;
  },
  format: (value) => value,
});

const Owner = element("owner", {
  name: leaf("name", str, { required: true, missing: () => lacks("owner name") }),
  uuid: leaf("uuid", uuid, { required: true, missing: () => lacks("owner UUID") }),
});

export const PortSyntax = element("networkport", {
  // differs: libvirt says that it makes up one that is not told, and then refuses.
  uuid: leaf("uuid", uuid),
  owner: child(Owner, { joins: true, required: true, missing: () => lacks("owner name") }),
  group: leaf("group", str),
  mac: attrOf("mac", "address", mac, { emptyIsAbsent: true }),
  virtualPort: child(VirtualPort),
  bandwidth: child(Bandwidth),
  vlan: child(Vlan),
  isolated: isolatedPort,
  trustGuestRxFilters: attrOf("rxfilters", "trustGuest", yesNo),
  // Plugged into nothing is as not plugged at all.
  plug: child(Plug, { skip: ({ attrs: { type = "none" } }) => type === "none" }),
});

/** One guest interface's claim on a network. */
export type NetworkPortDef = Infer<typeof PortSyntax> & { uuid: Uuid; mac: string };

/** Reads `<networkport>`; one without UUID gets a new one. @throws VirError */
export function parseNetworkPort(text: string, newUuid: () => Uuid = randomUuid): NetworkPortDef {
  return readNetworkPort(parseXml(text, { errorDomain: ErrorDomain.NETWORK }), newUuid);
}

function readNetworkPort(root: XmlElement, newUuid: () => Uuid): NetworkPortDef {
  if (root.name !== "networkport") {
    throw xmlError(`unexpected root element <${root.name}>, expecting <networkport>`);
  }
  const syntax = PortSyntax.parse(root, {});
  const { mac } = syntax;
  if (mac === undefined) throw lacks("mac");
  return { ...syntax, mac, uuid: syntax.uuid ?? newUuid() };
}

/** The text of a port, with a final newline. */
export function formatNetworkPort(def: NetworkPortDef): string {
  const writer = new XmlWriter();
  PortSyntax.format(def, writer, {});
  return writer.toString();
}
