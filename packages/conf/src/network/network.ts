import {
  attr,
  attrOf,
  child,
  custom,
  element,
  type Infer,
  leaf,
  list,
  oneOf,
  onOff,
  refusing,
  type Scalar,
  size,
  str,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { metadata } from "../metadata.ts";
import { told } from "../told.ts";
import { deviceName, dnsName, objectName, unsigned, unsignedShort } from "../types.ts";
import { Dns } from "./dns.ts";
import { networkError, unsupported } from "./errors.ts";
import { Forward } from "./forward.ts";
import { NetworkIp, NetworkRoute } from "./ip.ts";
import { connections, isolatedPort, NetworkBandwidth, TypedPort, VirtualPort, Vlan } from "./parts.ts";
import { stationMac, uuidText, yesOrElse } from "./scalars.ts";

export const macTableManagers = ["kernel", "libvirt"] as const;

/** Only `off` says so; anything else is as nothing. */
const stp: Scalar<boolean> = { ...onOff, parse: (text) => text !== "off" };

const Bridge = element("bridge", {
  name: attr("name", deviceName, { emptyIsAbsent: true }),
  zone: attr("zone", str, { emptyIsAbsent: true }),
  stp: attr("stp", stp),
  /** Forward delay in seconds. */
  delay: attr(
    "delay",
    unsigned(
      refusing(size, (_text, { networkName }) =>
        networkError(`Invalid delay value in network '${networkName}'`),
      ),
    ),
    { emptyIsAbsent: true },
  ),
  macTableManager: attr(
    "macTableManager",
    oneOf(macTableManagers, (text, { networkName }) =>
      networkError(`Invalid macTableManager setting '${text}' in network '${networkName}'`),
    ),
    { emptyIsAbsent: true },
  ),
});
export type Bridge = Infer<typeof Bridge>;

const DnsDomain = element(
  "domain",
  {
    name: attr("name", dnsName, { strict: { required: true } }),
    localOnly: attr("localOnly", yesNo),
    register: attr("register", yesNo),
  },
  {
    read({ register, localOnly }, _from, { networkName }) {
      if (register && !localOnly) {
        throw unsupported(
          `attribute 'register=yes' in <domain> element requires 'localOnly=yes' in network ${networkName}`,
        );
      }
    },
  },
);

const title: Scalar<string> = {
  ...str,
  parse(text) {
    if (text.includes("\n")) throw networkError("Network title can't contain newlines");
    return text;
  },
};

export const PortGroup = element(
  "portgroup",
  {
    name: attr("name", str, {
      required: true,
      emptyIsAbsent: true,
      missing: () => networkError("Missing required name attribute in portgroup"),
    }),
    isDefault: attr("default", yesOrElse, { omit: false }),
    trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
    vlan: child(Vlan),
    virtualPort: child(VirtualPort),
    bandwidth: child(NetworkBandwidth),
    isolated: told(isolatedPort, "port"),
  },
  { endTag: true },
);
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

const bridgeMac = stationMac({
  form: (text, { networkName }) =>
    networkError(`Invalid bridge mac address '${text}' in network '${networkName}'`),
  group: (text, { networkName }) =>
    networkError(`Invalid multicast bridge mac address '${text}' in network '${networkName}'`),
});

const mtuNumber = unsignedShort(
  refusing(uint, (text, { networkName }) =>
    networkError(`Invalid mtu size '${text}' in network '${networkName}'`),
  ),
);
/** 0 is the size the host prefers. */
const mtuSize = { ...mtuNumber, format: (value: number) => (value === 0 ? undefined : String(value)) };

/** `<network>` as it is written; what libvirt adds on reading is `fill`, what must hold is `check`. */
export const NetworkSyntax = element(
  "network",
  {
    /** Declares the prefix of `dnsmasqOptions`; present while writing only. */
    namespace: attr("xmlns:dnsmasq", str),
    connections,
    /** IPv6 between guests although the host has no address. */
    ipv6: attr(
      "ipv6",
      refusing(yesNo, (text, { networkName }) =>
        networkError(`Invalid ipv6 setting '${text}' in network '${networkName}'`),
      ),
      { omit: false, emptyIsAbsent: true },
    ),
    trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
    name: leaf("name", objectName, { strict: { required: true } }),
    uuid: leaf("uuid", uuidText),
    title: leaf("title", title),
    description: leaf("description", str),
    metadata,
    forward: child(Forward),
    bridge: child(Bridge),
    mtu: attrOf("mtu", "size", mtuSize, { emptyIsAbsent: true }),
    mac: attrOf("mac", "address", bridgeMac, { emptyIsAbsent: true }),
    domain: child(DnsDomain),
    dns: child(Dns),
    vlan: child(Vlan),
    bandwidth: child(NetworkBandwidth),
    isolated: isolatedPort,
    ips: list(NetworkIp),
    routes: list(NetworkRoute),
    virtualPort: child(TypedPort),
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
