import { InterfaceXmlFlags } from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, uint } from "@libvirt-ts/cli";
import { formatTree, parseXml, type XmlElement } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { findInterface } from "../support/lookup.ts";
import { interfaceNames } from "../support/options.ts";
import { tag } from "../support/xml.ts";

/** What an interface keeps for itself when it goes into a bridge; all else is the bridge's then. */
const ownOfPort = ["mac", "bond", "vlan", "link"];

export const ifaceBridge = command("iface-bridge", {
  help: "put an interface into a new bridge",
  options: {
    interface: arg("device name or MAC of the interface", interfaceNames),
    bridge: arg("name of the new bridge"),
    "no-stp": flag("without spanning tree protocol"),
    delay: uint("seconds before a port forwards"),
    "no-start": flag("do not start it"),
  },
  async run({ interface: name, bridge, noStp, delay = 0, noStart }, { connect, out }) {
    const found = await findInterface(connect, name);
    const taken = await connect.interfaceLookupByName({ name: bridge }).catch(() => undefined); // it is free
    if (taken !== undefined) throw new ShellError(`Network device ${bridge} already exists`);
    const definition = parseXml(await found.getXmlDesc({ flags: InterfaceXmlFlags.INACTIVE }));
    if (definition.attrs.type === "bridge")
      throw new ShellError(`Existing device ${found.name} is already a bridge`);
    const isOwn = ({ name: child }: XmlElement) => ownOfPort.includes(child);
    const port = tag(
      "interface",
      { type: definition.attrs.type, name: definition.attrs.name },
      definition.children.filter(isOwn).map((child) => formatTree(child, 0)),
    );
    const options = { stp: noStp ? "off" : "on", delay: noStp ? undefined : String(delay) };
    const xml = tag("interface", { type: "bridge", name: bridge }, [
      ...definition.children.filter((child) => !isOwn(child)).map((child) => formatTree(child, 0)),
      tag("bridge", options, [port]),
    ]);
    await doing(`Failed to define new bridge interface ${bridge}`, connect.interfaceDefineXml({ xml }));
    out.done(`Created bridge ${bridge} with attached device ${found.name}`);
    if (noStart) return;
    const made = await findInterface(connect, bridge);
    await doing(`Failed to start bridge interface ${bridge}`, made.create());
    out.done(`Bridge interface ${bridge} started`);
  },
});

export const ifaceUnbridge = command("iface-unbridge", {
  help: "take the interface out of a bridge and the bridge away",
  options: { bridge: arg("name of the bridge", interfaceNames), "no-start": flag("do not start it") },
  async run({ bridge, noStart }, { connect, out }) {
    const found = await findInterface(connect, bridge);
    const definition = parseXml(await found.getXmlDesc({ flags: InterfaceXmlFlags.INACTIVE }));
    if (definition.attrs.type !== "bridge")
      throw new ShellError(`Existing device ${found.name} is not a bridge`);
    const inner = definition.children.find(({ name }) => name === "bridge");
    const ports = inner?.children.filter(({ name }) => name === "interface") ?? [];
    const [port] = ports;
    if (port === undefined) throw new ShellError(`No network device attached to bridge ${bridge}`);
    if (ports.length > 1) throw new ShellError(`Multiple network devices attached to bridge ${bridge}`);
    const name = port.attrs.name ?? "";
    const xml = tag("interface", { type: port.attrs.type, name }, [
      ...definition.children.filter((child) => child !== inner).map((child) => formatTree(child, 0)),
      ...port.children.map((child) => formatTree(child, 0)),
    ]);
    if (await found.isActive()) await doing(`Failed to destroy bridge interface ${bridge}`, found.destroy());
    await doing(`Failed to undefine bridge interface ${bridge}`, found.undefine());
    const made = await doing(`Failed to define new interface ${name}`, connect.interfaceDefineXml({ xml }));
    out.done(`Device ${name} un-attached from bridge ${bridge}`);
    if (noStart) return;
    await doing(`Failed to start interface ${name}`, made.create());
    out.done(`Interface ${name} started`);
  },
});
