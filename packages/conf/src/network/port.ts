import { ErrorDomain } from "@libvirt-ts/errors";
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
  str,
  variant,
  type XmlElement,
  XmlWriter,
  xmlError,
  yesNo,
} from "@libvirt-ts/xml";
import { pciNumbers } from "../domain/address.ts";
import { macTableManagers } from "./network.ts";
import { Bandwidth, isolatedPort, PciDriver, VirtualPort, Vlan } from "./parts.ts";
import { unicastMac, uuidText } from "./scalars.ts";

const onBridge = {
  bridge: attr("bridge", str, { required: true }),
  macTableManager: attr("macTableManager", oneOf(macTableManagers)),
};

/** `<plug>`: what a guest's interface has to be connected to. */
const Plug = element("plug", {
  type: attr("type", oneOf(["network", "bridge", "direct", "hostdev-pci"]), { required: true }),
  details: variant("type", {
    network: onBridge,
    bridge: onBridge,
    direct: {
      dev: attr("dev", str, { required: true }),
      mode: attr("mode", oneOf(["bridge", "passthrough", "private", "vepa"]), { required: true }),
    },
    "hostdev-pci": {
      managed: attr("managed", yesNo),
      driver: child(PciDriver),
      address: child(element("address", pciNumbers), { required: true }),
    },
  }),
});
export type Plug = Infer<typeof Plug>;

const Owner = element("owner", {
  name: leaf("name", str, { required: true, missing: () => xmlError("network port has no owner name") }),
  uuid: leaf("uuid", uuidText, {
    required: true,
    missing: () => xmlError("network port has no owner UUID"),
  }),
});

export const PortSyntax = element("networkport", {
  uuid: leaf("uuid", uuidText),
  owner: child(Owner, { required: true, missing: () => xmlError("network port has no owner name") }),
  group: leaf("group", str),
  mac: attrOf("mac", "address", unicastMac, { required: true }),
  virtualPort: child(VirtualPort),
  bandwidth: child(Bandwidth),
  vlan: child(Vlan),
  isolated: isolatedPort,
  trustGuestRxFilters: attrOf("rxfilters", "trustGuest", yesNo, { required: true }),
  plug: child(Plug),
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
  if (mac === undefined) throw xmlError("network port has no mac");
  return { ...syntax, mac, uuid: syntax.uuid ?? newUuid() };
}

/** The text of a port, with a final newline. */
export function formatNetworkPort(def: NetworkPortDef): string {
  const writer = new XmlWriter();
  PortSyntax.format(def, writer, {});
  return writer.toString();
}
