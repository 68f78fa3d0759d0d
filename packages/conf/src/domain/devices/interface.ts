import { isMulticastMac } from "@libvirt-ts/util/mac";
import {
  absentIs,
  attr,
  attrOf,
  child,
  childNamed,
  custom,
  element,
  type Fields,
  fixed,
  type Infer,
  int,
  leaf,
  list,
  missingAttribute,
  oneOf,
  onlyYes,
  positive,
  raw,
  refusing,
  type Scalar,
  size,
  str,
  strictly,
  uint,
  variant,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { NetworkRoute } from "../../network/ip.ts";
import {
  Bandwidth,
  checkWholePort,
  isolatedPort,
  PciDriver,
  VirtualPort,
  Vlan,
} from "../../network/parts.ts";
import {
  absPath,
  aliasName,
  anyInteger,
  deviceName,
  filePath,
  ipv4,
  oneLine,
  portNumber,
  strictUnicastMac,
  unsignedShort,
} from "../../types.ts";
import { pciNumbers } from "../address.ts";
import { Reconnect } from "../chardev.ts";
import { invalidArgument, unsupported, xmlError } from "../errors.ts";
import { romInfo } from "../info.ts";
import { mac, uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";
import { netModel } from "./net-model.ts";
import { Coalesce, Filterref, InterfaceIp, NetBackend, NetDriver, PortForward } from "./net-parts.ts";

const unicast: Scalar<string> = {
  parse(text, element, name) {
    const address = mac.parse(text, element, name);
    if (isMulticastMac(address)) throw xmlError(`expected unicast mac address, found multicast '${text}'`);
    return address;
  },
  format: mac.format,
};

const Mac = element("mac", {
  address: fixed(
    "network card mac",
    attr("address", strictUnicastMac(unicast), { strict: { required: true } }),
  ),
  type: attrOneOf("type", ["generated", "static"]),
  check: attr("check", yesNo),
});

const hostSide = { hostIps: list(InterfaceIp), hostRoutes: list(NetworkRoute) };
const address = attr("address", ipv4);
const needed = { required: true } as const;
const Local = element("local", {
  address: attr("address", ipv4, needed),
  port: attr("port", portNumber(int), needed),
});
const noLocal = () => xmlError("'<local>' element missing for 'udp' socket interface");
const Tunnel = element("source", {
  address: attr("address", ipv4, needed),
  port: attr("port", portNumber(int), needed),
  local: child(Local, { required: true, missing: noLocal }),
});
const Server = element("source", {
  address,
  port: attr("port", portNumber(int), { required: true, strict: { required: false } }),
});
const Mcast = element("source", {
  address: attr("address", ipv4, { required: true, strict: { required: false } }),
  port: attr("port", portNumber(int), { required: true, strict: { required: false } }),
});

const unknownHostAddress = (text: string) => unsupported(`unknown host device source address type '${text}'`);
/** Valid cards may leave out where they are; none is found then. */
const noHostAddress = {
  required: true,
  missing: () => unknownHostAddress("(null)"),
  strict: { required: false },
} as const;
const HostAddress = element("address", {
  type: attrOneOf("type", ["pci", "usb"], {
    required: true,
    emptyIsAbsent: true,
    refuse: unknownHostAddress,
    missing: () => unknownHostAddress("(null)"),
  }),
  ...pciNumbers,
});

const socketType = oneOf(["unix"], (text) =>
  unsupported(`Type='${text}' unsupported for <interface type='vhostuser'>`),
);
const bridgeName = strictly(str, /[a-zA-Z0-9_.\-\\:/ ]*/, "the name of a bridge");

/** What each kind of network attachment has as its `<source>`. */
const kinds = {
  network: {
    source: child(
      element("source", {
        network: attr("network", str, { strict: { required: true } }),
        portgroup: attr("portgroup", deviceName),
        portid: attr("portid", uuid, { show: "live" }),
        bridge: attr("bridge", bridgeName, {
          show: "live",
        }),
        dev: attr("dev", deviceName, { show: "live" }),
        mode: attr("mode", str, { show: "live" }),
      }),
    ),
  },
  bridge: {
    source: child(
      element("source", {
        bridge: attr("bridge", bridgeName, { strict: { required: true } }),
        dev: attr("dev", str, { show: "live" }),
        ...hostSide,
      }),
    ),
  },
  direct: {
    source: child(
      element("source", {
        dev: attr("dev", str),
        mode: attrOneOf("mode", ["vepa", "private", "bridge", "passthrough"]),
        network: attr("network", str, { show: "live" }),
        portgroup: attr("portgroup", str, { show: "live" }),
        portid: attr("portid", uuid, { show: "live" }),
      }),
    ),
  },
  user: { source: child(element("source", { dev: attr("dev", str), ...hostSide })) },
  ethernet: { source: child(element("source", { dev: attr("dev", str), ...hostSide })) },
  internal: { source: child(element("source", { name: attr("name", deviceName) })) },
  server: { source: child(Server) },
  client: { source: child(Mcast) },
  mcast: { source: child(Mcast) },
  udp: { source: child(Tunnel) },
  vhostuser: {
    source: child(
      element("source", {
        type: attr("type", socketType, { default: "unix" }),
        path: attr("path", absPath),
        mode: attrOneOf("mode", ["client", "server"], { default: "client", strict: { required: false } }),
        dev: attr("dev", str),
        reconnect: child(Reconnect),
      }),
    ),
  },
  hostdev: {
    hostDriver: child(PciDriver),
    source: child(element("source", { address: child(HostAddress, noHostAddress) }), noHostAddress),
  },
  vdpa: { source: child(element("source", { dev: attr("dev", str) })) },
  null: {},
  vds: {
    source: child(
      element("source", {
        switchid: attr("switchid", uuid),
        portgroupid: attr("portgroupid", str),
        portid: attr("portid", str),
        connectionid: attr("connectionid", anyInteger(str)),
      }),
    ),
  },
} as const satisfies { [kind: string]: Fields };

export const interfaceTypes = [
  "user",
  "ethernet",
  "vhostuser",
  "server",
  "client",
  "mcast",
  "network",
  "bridge",
  "internal",
  "direct",
  "hostdev",
  "udp",
  "vdpa",
  "null",
  "vds",
] as const;
export type InterfaceType = (typeof interfaceTypes)[number];

/** What a `network` interface turned out to be for the running guest; only in status files. */
const Actual = element("actual", {
  type: attrOneOf("type", interfaceTypes, { required: true }),
  managed: attr("managed", yesNo),
  trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
  $source: variant("type", {
    bridge: {
      source: child(
        element("source", {
          bridge: attr("bridge", str),
          macTableManager: attrOneOf("macTableManager", ["kernel", "libvirt"]),
        }),
      ),
    },
    network: {
      source: child(
        element("source", {
          bridge: attr("bridge", str),
          macTableManager: attrOneOf("macTableManager", ["kernel", "libvirt"]),
        }),
      ),
    },
    direct: kinds.direct,
    hostdev: kinds.hostdev,
  }),
  class: child(element("class", { id: attr("id", uint, { omit: 0 }) })),
  vlan: child(Vlan),
  virtualport: child(VirtualPort),
  bandwidth: child(Bandwidth),
  isolated: isolatedPort,
});

const sndbuf = refusing(size, () => xmlError("sndbuf must be a positive integer"));

const unknownTeaming = (text: string) => unsupported(`unknown teaming type '${text}'`);
/** Two cards that stand in for each other. */
export const Teaming = element(
  "teaming",
  {
    type: attrOneOf("type", ["persistent", "transient"], {
      emptyIsAbsent: true,
      strict: { required: true },
      refuse: unknownTeaming,
    }),
    persistent: attr("persistent", aliasName, { emptyIsAbsent: true }),
  },
  {
    read({ type, persistent }) {
      if (type === undefined && persistent !== undefined) throw unknownTeaming("(null)");
    },
  },
);

/** Only these cards take options of a driver. */
const isVirtio = (card: XmlElement): boolean =>
  childNamed(card, "model")?.attrs.type?.startsWith("virtio") === true;

/** Kinds whose traffic can be filtered. */
const filtered = new Set<string | undefined>(["network", "bridge", "ethernet"]);

/** A network card and what it is attached to. */
export const Interface = element(
  "interface",
  {
    type: attrOneOf("type", interfaceTypes, { default: "user", strict: { required: true } }),
    managed: attr("managed", onlyYes, { omit: false }),
    trustGuestRxFilters: attr("trustGuestRxFilters", yesNo),
    mac: child(Mac),
    $source: variant("type", kinds),
    actual: child(Actual, { show: "status" }),
    vlan: child(Vlan),
    virtualport: child(VirtualPort),
    bandwidth: child(Bandwidth),
    isolated: isolatedPort,
    ips: list(InterfaceIp),
    routes: list(NetworkRoute),
    portForwards: list(PortForward),
    script: attrOf("script", "path", filePath, { emptyIsAbsent: true }),
    downscript: attrOf("downscript", "path", filePath, { emptyIsAbsent: true }),
    backenddomain: attrOf("backenddomain", "name", oneLine),
    target: child(element("target", { dev: attr("dev", deviceName), managed: attr("managed", yesNo) })),
    guest: child(
      element("guest", {
        dev: attr("dev", deviceName),
        actual: attr("actual", deviceName, { show: "live" }),
      }),
    ),
    model: fixed(
      "network card model",
      attrOf("model", "type", strictly(netModel, /[a-zA-Z0-9\-_]+/, "letters, digits, '-' or '_'"), {
        emptyIsAbsent: true,
      }),
    ),
    driver: child(NetDriver, { skip: (_own, card) => !isVirtio(card) }),
    backend: child(NetBackend),
    filterref: child(Filterref, { skip: (_own, { attrs }) => !filtered.has(attrs.type) }),
    link: attrOf(
      "link",
      "state",
      oneOf(["up", "down"], (text) => unsupported(`unknown interface link state '${text}'`)),
      { emptyIsAbsent: true },
    ),
    mtu: fixed(
      absentIs(0, "network card MTU"),
      attrOf("mtu", "size", unsignedShort(refusing(positive, () => xmlError("malformed mtu size")))),
    ),
    coalesce: child(Coalesce),
    teaming: child(Teaming, { joins: true }),
    sndbuf: custom<number>({
      tags: ["tune"],
      like: { tune: child(element("tune", { sndbuf: leaf("sndbuf", size) })) },
      parse(from) {
        const found = from.children
          .find((each) => each.name === "tune")
          ?.children.find((each) => each.name === "sndbuf");
        return found && sndbuf.parse(found.text, found, undefined);
      },
      formatBody(value, writer) {
        writer.open("tune");
        writer.open("sndbuf");
        writer.closeWithText("sndbuf", String(value));
        writer.close("tune");
      },
    }),
    ...romInfo,
    privateData: raw("privateData", { show: "status", plain: true }),
  },
  {
    read(net, from, context) {
      if (net.type === "hostdev") net.driver = undefined;
      if (net.driver?.queues === 1) net.driver.queues = undefined;
      const dev = net.target?.dev;
      if (dev !== undefined && context.inactive && isGeneratedName(dev) && net.target?.managed !== false) {
        const { dev: _dev, ...rest } = net.target ?? {};
        net.target = Object.keys(rest).length > 0 ? rest : undefined;
      }
      requireSource(net, from);
      if (net.virtualport && switchedKinds.has(net.type)) checkWholePort(net.virtualport);
      if (!isVirtio(from) && net.backend) net.backend.vhost = undefined;
      if (net.type !== "hostdev") net.managed = undefined;
      if (net.model !== undefined && !/^[a-zA-Z0-9_-]*$/.test(net.model)) {
        throw invalidArgument("Model name contains invalid characters");
      }
    },
  },
);
export type Interface = Infer<typeof Interface>;
export type InterfaceOf<T extends InterfaceType> = Extract<Interface, { type: T }>;
export type Actual = Infer<typeof Actual>;

const wanted = {
  network: "network",
  bridge: "bridge",
  direct: "dev",
  vdpa: "dev",
  internal: "name",
} as const;

/** Kinds whose port is all said here; a network may add to that of its own. */
const switchedKinds = new Set<InterfaceType>(["bridge", "direct", "hostdev"]);

const socketKinds = new Set<InterfaceType>(["server", "client", "mcast", "udp"]);

/** Kinds that are nothing without a source say so. */
function requireSource({ type }: { type: InterfaceType }, from: XmlElement): void {
  const name = Object.hasOwn(wanted, type) ? wanted[type as keyof typeof wanted] : undefined; // just looked up
  if (name === undefined && !socketKinds.has(type)) return;
  const source = childNamed(from, "source");
  if (!source) throw xmlError(`interface type='${type}' requires a 'source' element`);
  if (name !== undefined && source.attrs[name] === undefined) throw missingAttribute(name, source);
}

/** Names the daemon makes up; they are not kept in the persistent form. */
export const isGeneratedName = (dev: string): boolean => /^(vnet|macvtap|macvlan|vif)\d*%?d?\d*$/.test(dev);
