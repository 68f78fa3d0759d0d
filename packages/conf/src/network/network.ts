import {
  attr,
  attrOf,
  child,
  custom,
  element,
  type Infer,
  leaf,
  list,
  nonNegativeInt,
  oneOf,
  onOff,
  raw,
  str,
  yesNo,
} from "@libvirt-ts/xml";
import { deviceName, dnsName, objectName } from "../types.ts";
import { Dns } from "./dns.ts";
import { Forward } from "./forward.ts";
import { NetworkIp, NetworkRoute } from "./ip.ts";
import { Bandwidth, connections, isolatedPort, mtuSize, VirtualPort, Vlan } from "./parts.ts";
import { unicastMac, uuidText } from "./scalars.ts";

export const macTableManagers = ["kernel", "libvirt"] as const;

const Bridge = element("bridge", {
  name: attr("name", deviceName, { emptyIsAbsent: true }),
  zone: attr("zone", str),
  stp: attr("stp", onOff),
  /** Forward delay in seconds. */
  delay: attr("delay", nonNegativeInt),
  macTableManager: attr("macTableManager", oneOf(macTableManagers)),
});
export type Bridge = Infer<typeof Bridge>;

const DnsDomain = element("domain", {
  name: attr("name", dnsName, { strict: { required: true } }),
  localOnly: attr("localOnly", yesNo),
  register: attr("register", yesNo),
});

export const PortGroup = element("portgroup", {
  name: attr("name", str, { required: true }),
  isDefault: attr("default", yesNo, { omit: false }),
  trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
  vlan: child(Vlan),
  virtualPort: child(VirtualPort),
  bandwidth: child(Bandwidth),
  isolated: isolatedPort,
});
export type PortGroup = Infer<typeof PortGroup>;

const dnsmasqNamespace = "http://libvirt.org/schemas/network/dnsmasq/1.0";

/** `<dnsmasq:options>`: lines handed to dnsmasq as they are. */
const dnsmasqOptions = custom<string[]>({
  tags: ["options"],
  like: {
    options: child(
      element("dnsmasq:options", {
        options: list(element("dnsmasq:option", { value: attr("value", str, { required: true }) })),
      }),
    ),
  },
  parse(from) {
    const options = from.children.find((item) => item.name === "options" && item.ns === dnsmasqNamespace);
    return options?.children
      .filter((item) => item.name === "option" && item.ns === dnsmasqNamespace)
      .map((item) => item.attrs.value ?? "");
  },
  formatBody(options, writer) {
    writer.open("dnsmasq:options");
    for (const value of options) {
      writer.open("dnsmasq:option");
      writer.attr("value", value);
      writer.close("dnsmasq:option");
    }
    writer.close("dnsmasq:options");
  },
});

/** `<network>` as it is written; what libvirt adds on reading is `fill`, what must hold is `check`. */
export const NetworkSyntax = element(
  "network",
  {
    /** Declares the prefix of `dnsmasqOptions`; present while writing only. */
    namespace: attr("xmlns:dnsmasq", str),
    connections,
    /** IPv6 between guests although the host has no address. */
    ipv6: attr("ipv6", yesNo, { omit: false }),
    trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
    name: leaf("name", objectName, { strict: { required: true } }),
    uuid: leaf("uuid", uuidText),
    title: leaf("title", str),
    description: leaf("description", str),
    metadata: raw("metadata"),
    forward: child(Forward),
    bridge: child(Bridge),
    mtu: mtuSize,
    mac: attrOf("mac", "address", unicastMac),
    domain: child(DnsDomain),
    dns: child(Dns),
    vlan: child(Vlan),
    bandwidth: child(Bandwidth),
    isolated: isolatedPort,
    ips: list(NetworkIp),
    routes: list(NetworkRoute),
    virtualPort: child(VirtualPort),
    portGroups: list(PortGroup),
    dnsmasqOptions,
  },
  {
    read(network) {
      delete network.namespace;
    },
    view: (network) => (network.dnsmasqOptions ? { ...network, namespace: dnsmasqNamespace } : network),
  },
);
export type NetworkSyntax = Infer<typeof NetworkSyntax>;

/** A network: always with a name and a UUID. */
export type NetworkDef = NetworkSyntax & { name: string; uuid: string };
