import { ErrorDomain } from "@libvirt-ts/errors";
import {
  attr,
  attrOf,
  type Context,
  child,
  element,
  type Fields,
  type Infer,
  list,
  oneOf,
  onOff,
  parseXml,
  type Scalar,
  str,
  uint,
  variant,
  type XmlElement,
  XmlWriter,
  xmlError,
} from "@libvirt-ts/xml";
import { bondFields, readBond } from "./bond.ts";
import { interfaceError } from "./errors.ts";
import { Protocol } from "./protocol.ts";

const interfaceTypes = ["ethernet", "bridge", "bond", "vlan"] as const;
type InterfaceType = (typeof interfaceTypes)[number];

const linkStates = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"] as const;

/** What is known about the link of a card: megabits a second. */
const Link = element("link", {
  speed: attr("speed", uint, { omit: 0 }),
  state: attr("state", oneOf(linkStates), { emptyIsAbsent: true }),
});

const name = attr("name", str, {
  required: true,
  missing: () => interfaceError("interface has no name"),
});
const link = child(Link);
const mac = attrOf("mac", "address", { ...str, format: (value) => value || undefined });

/** The types an interface may have at its place. */
function typeOf<const W extends readonly InterfaceType[]>(words: W): Scalar<W[number]> {
  const known = oneOf(interfaceTypes);
  return {
    words,
    parse(text, from, attribute) {
      const type = known.parse(text, from, attribute);
      if (!words.includes(type)) throw interfaceError(`interface has unsupported type '${type}'`);
      return type as W[number]; // one of the words
    },
    format: (value) => value,
  };
}

const Vlan = element(
  "vlan",
  {
    tag: attr("tag", str, {
      required: true,
      emptyIsAbsent: true,
      missing: () => interfaceError("vlan interface misses the tag attribute"),
    }),
    /** The interface that carries it. */
    device: attrOf("interface", "name", str, { emptyIsAbsent: true }),
  },
  {
    read({ device }) {
      if (device === undefined) throw interfaceError("vlan interface misses name attribute");
    },
  },
);
const vlan = child(Vlan, {
  required: true,
  missing: () => interfaceError("vlan interface misses the vlan element"),
});

const bond = <F extends Fields>(members: F) =>
  child(element("bond", { ...bondFields, ...members }, { endTag: true, read: readBond }), {
    required: true,
    missing: () => interfaceError("bond interface misses the bond element"),
  });

/** An interface that is part of another one: without addresses of its own. */
const BondMember = element(
  "interface",
  { type: attr("type", typeOf(["ethernet"]), { required: true }), name, link, mac },
  { endTag: true },
);
const bondOfCards = bond({ interfaces: list(BondMember) });

const BridgeMember = element(
  "interface",
  {
    type: attr("type", typeOf(["ethernet", "bond", "vlan"]), { required: true }),
    name,
    link,
    $parts: variant("type", { ethernet: { mac }, bond: { bond: bondOfCards }, vlan: { vlan } }),
  },
  { endTag: true },
);

const stp: Scalar<boolean | undefined> = {
  words: ["on", "off"],
  parse: (text) => (text === "on" ? true : text === "off" ? false : undefined),
  format: (value) => (value === undefined ? undefined : onOff.format(value)),
};

const Bridge = element(
  "bridge",
  {
    stp: attr("stp", stp),
    /** Forward delay in seconds, as written. */
    delay: attr("delay", str),
    interfaces: list(BridgeMember),
  },
  {
    endTag: true,
    // Of a bridge whose spanning tree is neither on nor off nothing else is read.
    read(bridge, { attrs }) {
      if (attrs.stp === undefined || bridge.stp !== undefined) return;
      delete bridge.delay;
      bridge.interfaces = [];
    },
  },
);

const startModes = ["onboot", "none", "hotplug"] as const;
const startMode = {
  words: startModes,
  parse(text: string): (typeof startModes)[number] {
    const found = startModes.find((word) => word === text);
    if (found === undefined) throw interfaceError(`unknown interface startmode ${text}`);
    return found;
  },
  format: (value: string) => value,
};

const largestMtu = 100_000;
const mtuSize = {
  parse(text: string): number {
    if (!/^\s*\+?\d+$/.test(text))
      throw interfaceError("value of the 'size' attribute of 'mtu' element is not a number");
    const value = Number(text);
    if (value > largestMtu) {
      throw interfaceError(`value of the 'size' attribute of 'mtu' element must be at most ${largestMtu}`);
    }
    return value;
  },
  format: (value: number) => (value === 0 ? undefined : String(value)),
};

/** `<interface>`: a network interface of the host, as it should be or as it is. */
export const InterfaceSyntax = element(
  "interface",
  {
    type: attr("type", typeOf(interfaceTypes), { required: true }),
    name,
    start: attrOf("start", "mode", startMode, { emptyIsAbsent: true }),
    mtu: attrOf("mtu", "size", mtuSize, { emptyIsAbsent: true }),
    protocols: list(Protocol),
    $parts: variant("type", {
      ethernet: { link, mac },
      bridge: {
        bridge: child(Bridge, {
          required: true,
          missing: () => interfaceError("bridge interface misses the bridge element"),
        }),
      },
      bond: { link, bond: bondOfCards },
      vlan: { link, vlan },
    }),
  },
  { endTag: true },
);
export type InterfaceDef = Infer<typeof InterfaceSyntax>;

/** Reads `<interface>`. @throws VirError */
export function parseInterface(text: string, options: Context = {}): InterfaceDef {
  return readInterface(parseXml(text, { errorDomain: ErrorDomain.INTERFACE }), options);
}

function readInterface(root: XmlElement, options: Context): InterfaceDef {
  if (root.name !== "interface") throw xmlError(`expecting root element of 'interface', not '${root.name}'`);
  return InterfaceSyntax.parse(root, options);
}

/** The text of an interface, with a final newline. */
export function formatInterface(def: InterfaceDef): string {
  const writer = new XmlWriter();
  InterfaceSyntax.format(def, writer, {});
  return writer.toString();
}
