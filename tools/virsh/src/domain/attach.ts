import { stat } from "node:fs/promises";
import { alias, anyText, arg, doing, flag, required, ShellError, text } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { findDomain, malformedWwn } from "../support/lookup.ts";
import { affectPersistent, domain } from "../support/options.ts";
import { rateParts } from "../support/params.ts";
import { present, tag } from "../support/xml.ts";
import { attach, deviceFlags } from "./devices.ts";

export const attachDisk = command("attach-disk", {
  help: "give a domain a disk",
  options: {
    domain,
    source: required(anyText("path of the disk")),
    target: arg("name inside the guest"),
    targetbus: text("bus of the disk"),
    driver: text("driver to hand it to"),
    subdriver: text("format of the image"),
    iothread: text("I/O thread that serves it"),
    cache: text("how writes are cached"),
    io: text("how I/O is done"),
    type: text("disk, cdrom, floppy or lun"),
    mode: text("readonly, shareable"),
    sourcetype: text("file or block"),
    serial: text("serial number of the disk"),
    wwn: text("world wide name of the disk"),
    alias: text("alias of the device"),
    rawio: flag("the guest may send raw commands"),
    address: text("address for the guest, as TYPE:PARTS"),
    multifunction: flag("further functions of the PCI device follow"),
    "print-xml": flag("show the XML, do nothing"),
    "source-protocol": text("protocol of a network disk"),
    "source-host-name": text("host of the disk"),
    "source-host-transport": text("transport to that host"),
    "source-host-socket": text("socket of that host"),
    ...affectPersistent,
    shareable: alias("mode", "shareable"),
  },
  async run(args, { connect, out }) {
    const { domain: name, printXml } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const xml = `${await diskXml(args)}\n`;
    if (printXml) {
      out.text(xml);
      return;
    }
    await doing("Failed to attach disk", attach(domain, xml, flags, !args.current));
    out.done("Disk attached successfully");
  },
});

interface DiskOptions {
  readonly source: string;
  readonly target: string;
  readonly targetbus: string | undefined;
  readonly driver: string | undefined;
  readonly subdriver: string | undefined;
  readonly iothread: string | undefined;
  readonly cache: string | undefined;
  readonly io: string | undefined;
  readonly type: string | undefined;
  readonly mode: string | undefined;
  readonly sourcetype: string | undefined;
  readonly serial: string | undefined;
  readonly wwn: string | undefined;
  readonly alias: string | undefined;
  readonly rawio: boolean;
  readonly address: string | undefined;
  readonly multifunction: boolean;
  readonly sourceProtocol: string | undefined;
  readonly sourceHostName: string | undefined;
  readonly sourceHostTransport: string | undefined;
  readonly sourceHostSocket: string | undefined;
}

/** `<disk>` as the options say. */
async function diskXml(args: DiskOptions): Promise<string> {
  const { mode, wwn, sourcetype, driver, subdriver, iothread, cache, io } = args;
  if (mode !== undefined && mode !== "readonly" && mode !== "shareable")
    throw new ShellError(`No support for ${mode} in command 'attach-disk'`);
  if (wwn !== undefined && !/^(0x)?[0-9a-f]{16}$/i.test(wwn)) throw malformedWwn(wwn);
  const isNetwork = args.sourceProtocol !== undefined;
  const type = isNetwork ? "network" : await typeOf(args.source, sourcetype);
  const hasDriver = [driver, subdriver, iothread, cache, io].some((each) => each !== undefined);
  const parts = present([
    hasDriver && tag("driver", { name: driver, type: subdriver, iothread, cache, io }),
    isNetwork ? networkSource(args) : tag("source", { [type === "block" ? "dev" : "file"]: args.source }),
    tag("target", { dev: args.target, bus: args.targetbus }),
    mode !== undefined && tag(mode),
    args.serial !== undefined && tag("serial", {}, args.serial),
    args.alias !== undefined && tag("alias", { name: args.alias }),
    wwn !== undefined && tag("wwn", {}, wwn),
    args.address !== undefined && addressXml(args.address, args.multifunction),
  ]);
  return tag("disk", { type, device: args.type, rawio: args.rawio ? "yes" : undefined }, parts);
}

/** A device is attached as one. */
async function typeOf(source: string, asked: string | undefined): Promise<string> {
  if (asked !== undefined) {
    if (asked === "file" || asked === "block") return asked;
    throw new ShellError(`Unknown source type: '${asked}'`);
  }
  const found = await stat(source).catch(() => undefined); // it may be on another host
  return found?.isBlockDevice() ? "block" : "file";
}

function networkSource(args: DiskOptions): string {
  const { sourceHostName: host, sourceHostTransport: transport, sourceHostSocket: socket } = args;
  const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(host ?? "") ?? [];
  const hasHost = host !== undefined || transport !== undefined || socket !== undefined;
  const inner = hasHost
    ? [tag("host", { transport, socket, name: host === undefined ? undefined : name, port })]
    : [];
  return tag("source", { protocol: args.sourceProtocol, name: args.source }, inner);
}

/** "pci:0000.00.1d.00" and its like. @throws ShellError on anything else */
function addressXml(text: string, multifunction: boolean): string {
  const [type = "", rest = ""] = text.split(/:(.*)/s);
  const parts = rest.split(/[.:]/);
  const hex = (part = "", digits = 2) => `0x${part.padStart(digits, "0")}`;
  const isHex = parts.every((part) => /^[0-9a-f]{1,8}$/i.test(part));
  const [a, b, c, d] = parts;
  const more = multifunction ? "on" : undefined;
  if (type === "pci" && isHex && parts.length === 4)
    return tag("address", {
      type: "pci",
      domain: hex(a, 4),
      bus: hex(b),
      slot: hex(c),
      function: hex(d, 1),
      multifunction: more,
    });
  if ((type === "scsi" || type === "ide" || type === "sata") && isHex && parts.length === 3)
    return tag("address", { type: "drive", controller: a, bus: b, unit: c });
  if (type === "usb" && isHex && parts.length === 2) return tag("address", { type: "usb", bus: a, port: b });
  if (type === "ccw" && isHex && parts.length === 3)
    return tag("address", { type: "ccw", cssid: hex(a), ssid: hex(b, 1), devno: hex(c, 4) });
  throw new ShellError("Invalid address.");
}
export const attachInterface = command("attach-interface", {
  help: "give a domain an interface",
  options: {
    domain,
    type: arg("network, bridge, direct, hostdev ..."),
    source: arg("where it comes from"),
    target: text("name of the device on the host"),
    mac: text("MAC address"),
    script: text("script that sets the interface up"),
    model: text("model of the device"),
    alias: text("alias of the device"),
    inbound: text("incoming limits: AVERAGE,PEAK,BURST,FLOOR"),
    outbound: text("outgoing limits: AVERAGE,PEAK,BURST"),
    ...affectPersistent,
    "print-xml": flag("show the XML, do nothing"),
    managed: flag("let libvirt take it from its driver"),
    "source-mode": text("how it is attached to the source"),
  },
  async run(args, { connect, out }) {
    const { domain: name, printXml } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const xml = `${interfaceXml(args)}\n`;
    if (printXml) {
      out.text(xml);
      return;
    }
    await doing("Failed to attach interface", attach(domain, xml, flags, !args.current));
    out.done("Interface attached successfully");
  },
});

interface InterfaceOptions {
  readonly type: string;
  readonly source: string;
  readonly target: string | undefined;
  readonly mac: string | undefined;
  readonly script: string | undefined;
  readonly model: string | undefined;
  readonly alias: string | undefined;
  readonly inbound: string | undefined;
  readonly outbound: string | undefined;
  readonly managed: boolean;
  readonly sourceMode: string | undefined;
}

/** The attribute of `<source>`, by the type of interface. */
const sourceAttributes: Readonly<Record<string, string>> = {
  network: "network",
  bridge: "bridge",
  direct: "dev",
};

function interfaceXml(args: InterfaceOptions): string {
  const { type, source, target, mac, script, model, alias, managed } = args;
  const { inbound, outbound } = args;
  const attribute = sourceAttributes[type];
  if (attribute === undefined && type !== "hostdev")
    throw new ShellError(`No support for ${type} in command 'attach-interface'`);
  const mode = args.sourceMode;
  const isKnown = mode === "private" || mode === "passthrough" || mode === "bridge" || mode === "vepa";
  if (mode !== undefined && !(type === "direct" && isKnown))
    throw new ShellError(`Invalid source mode: ${mode}`);
  const parts = present([
    type === "hostdev"
      ? tag("source", {}, [pciXml(source)])
      : tag("source", { [attribute ?? "dev"]: source, mode }),
    target !== undefined && tag("target", { dev: target }),
    mac !== undefined && tag("mac", { address: mac }),
    script !== undefined && tag("script", { path: script }),
    model !== undefined && tag("model", { type: model }),
    alias !== undefined && tag("alias", { name: alias }),
    (inbound !== undefined || outbound !== undefined) &&
      tag(
        "bandwidth",
        {},
        present([
          inbound !== undefined && rateXml("inbound", inbound, ["average", "peak", "burst", "floor"]),
          outbound !== undefined && rateXml("outbound", outbound, ["average", "peak", "burst"]),
        ]),
      ),
  ]);
  return tag("interface", { type, managed: managed ? "yes" : undefined }, parts);
}

function rateXml(name: string, text: string, names: readonly string[]): string {
  const rates = rateParts(text, names);
  return tag(
    name,
    Object.fromEntries([...rates].map(([key, value]) => [key, value === 0 ? undefined : String(value)])),
  );
}

/** "0000:00:1f.0" */
function pciXml(text: string): string {
  const found = /^([0-9a-f]{1,4}):([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(text);
  if (found === null) throw new ShellError(`cannot parse pci address '${text}'`);
  const [, domain = "", bus = "", slot = "", fn = ""] = found;
  return tag("address", {
    type: "pci",
    domain: `0x${domain.padStart(4, "0")}`,
    bus: `0x${bus.padStart(2, "0")}`,
    slot: `0x${slot.padStart(2, "0")}`,
    function: `0x${fn}`,
  });
}
