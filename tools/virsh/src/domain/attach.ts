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
    args.address !== undefined && addressXml(args.address, args.target, args.multifunction),
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

/** Which addresses fit the name a disk has in the guest, and how that is told. */
const addressKinds: readonly (readonly [begin: string, kinds: readonly string[], expected: string])[] = [
  ["vd", ["pci", "ccw"], "expecting a pci:0000.00.00.00 or ccw:00.0.0000 address."],
  ["sd", ["scsi", "usb", "sata"], "expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address."],
  ["hd", ["ide"], "expecting an ide:00.00.00 address."],
];

/** "pci:0000.00.1d.00" and its like. @throws ShellError on anything else */
function addressXml(text: string, target: string, multifunction: boolean): string {
  const [type = "", rest = ""] = text.split(/:(.*)/s);
  const numbers = rest
    .split(".")
    .map((part) => (/^(0x)?[0-9a-f]{1,8}$/i.test(part) ? Number.parseInt(part, 16) : -1));
  const wanted = { pci: 4, ccw: 3, scsi: 3, sata: 3, ide: 3, usb: 2 }[type];
  if (numbers.length !== wanted || numbers.includes(-1)) throw new ShellError("Invalid address.");
  const [, kinds = [type], expected = ""] = addressKinds.find(([begin]) => target.startsWith(begin)) ?? [];
  if (!kinds.includes(type)) throw new ShellError(expected);
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;
  if (type === "pci")
    return tag("address", {
      type: "pci",
      domain: hex(a, 4),
      bus: hex(b, 2),
      slot: hex(c, 2),
      function: hex(d, 1),
      multifunction: multifunction ? "on" : undefined,
    });
  if (type === "usb") return tag("address", { type, bus: String(a), port: String(b) });
  if (type === "ccw") return tag("address", { type, cssid: hex(a, 2), ssid: hex(b, 1), devno: hex(c, 4) });
  return tag("address", { type: "drive", controller: String(a), bus: String(b), unit: String(c) });
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
  if (attribute === undefined && type !== "hostdev" && type !== "vhostuser")
    throw new ShellError(`No support for ${type} in command 'attach-interface'`);
  const mode = args.sourceMode;
  if (mode !== undefined && mode !== "server" && mode !== "client")
    throw new ShellError(`Invalid source mode: ${mode}`);
  const parts = present([
    sourceXml(type, source, mode),
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
          inbound !== undefined && rateXml("inbound", inbound),
          outbound !== undefined && rateXml("outbound", outbound),
        ]),
      ),
  ]);
  return tag("interface", { type, managed: managed ? "yes" : undefined }, parts);
}

function sourceXml(type: string, source: string, mode: string | undefined): string {
  if (type === "hostdev") return tag("source", {}, [pciXml(source)]);
  if (type === "vhostuser") return tag("source", { type: "unix", path: source, mode });
  return tag("source", { [sourceAttributes[type] ?? "dev"]: source });
}

function rateXml(name: "inbound" | "outbound", text: string): string {
  const rates = rateParts(name, text);
  return tag(
    name,
    Object.fromEntries([...rates].map(([key, value]) => [key, value === 0 ? undefined : String(value)])),
  );
}

/** "0000:00:1f.0" */
function pciXml(text: string): string {
  const found = /^([0-9a-f]{1,4}):([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(text);
  if (found === null) throw new ShellError(`cannot parse pci address '${text}' for network interface`);
  const [, domain = "", bus = "", slot = "", fn = ""] = found;
  return tag("address", {
    type: "pci",
    domain: `0x${domain.padStart(4, "0")}`,
    bus: `0x${bus.padStart(2, "0")}`,
    slot: `0x${slot.padStart(2, "0")}`,
    function: `0x${fn}`,
  });
}
