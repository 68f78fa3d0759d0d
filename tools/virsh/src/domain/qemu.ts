import {
  DomainQemuAgentCommandTimeout,
  DomainQemuMonitorCommandFlags,
  DomainXmlFlags,
} from "@libvirt-ts/api";
import {
  doing,
  flag,
  int,
  many,
  named,
  required,
  ShellError,
  scaled,
  shownAs,
  text,
  uint,
} from "@libvirt-ts/cli";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, exclusive, impactOf } from "../support/options.ts";
import { all, at, dumpElement } from "../support/xml.ts";

export const qemuMonitorCommand = command("qemu-monitor-command", {
  help: "say something to QEMU's monitor",
  options: {
    domain,
    hmp: flag("as a person types it"),
    pretty: flag("for people"),
    "return-value": flag("only what QEMU returns"),
    "pass-fds": named(text("descriptors to hand over: N,N,...")),
    cmd: required(many("the command and its arguments")),
  },
  async run(args, { connect, out }) {
    const { domain: name, hmp, pretty, returnValue, cmd: words } = args;
    exclusive({ hmp, "return-value": returnValue });
    exclusive({ hmp, pretty });
    if (args.passFds !== undefined) throw new ShellError("descriptors cannot be passed to the monitor yet");
    const domain = await findDomain(connect, name);
    const flags = hmp ? DomainQemuMonitorCommandFlags.HMP : 0;
    const result = await domain.qemuMonitorCommand({ cmd: words.join(" "), flags });
    if (returnValue) out.line(jsonText((JSON.parse(result) as { return?: unknown }).return, pretty));
    else if (pretty) out.line(jsonText(JSON.parse(result), true));
    else out.line(result);
  },
});

const jsonText = (value: unknown, pretty: boolean): string => JSON.stringify(value, null, pretty ? 2 : 0);
export const qemuAgentCommand = command("qemu-agent-command", {
  help: "say something to the guest's agent",
  options: {
    domain,
    timeout: named(named(int("seconds to wait"))),
    async: flag("do not wait"),
    block: flag("wait as long as it takes"),
    pretty: flag("for people"),
    cmd: required(many("the command and its arguments")),
  },
  async run({ domain: name, timeout, async: isAsync, block, pretty, cmd: words }, { connect, out }) {
    exclusive({ timeout, async: isAsync });
    exclusive({ timeout, block });
    exclusive({ async: isAsync, block });
    const domain = await findDomain(connect, name);
    if (timeout !== undefined && timeout < 1) throw new ShellError("timeout must be positive");
    const { BLOCK, DEFAULT, NOWAIT } = DomainQemuAgentCommandTimeout;
    const wait = timeout ?? (isAsync ? NOWAIT : block ? BLOCK : DEFAULT);
    const result = await domain.qemuAgentCommand({ cmd: words.join(" "), timeout: wait, flags: 0 });
    if (result === null) throw new ShellError("");
    out.line(pretty ? jsonText(JSON.parse(result), true) : result);
  },
});

export const qemuAttach = command("qemu-attach", {
  help: "take charge of a QEMU that runs already",
  options: { pid: required(shownAs("text", uint("number of the process"))) },
  async run({ pid: pidValue }, { connect, out }) {
    const domain = await doing(`Failed to attach to pid ${pidValue}`, connect.qemuAttach({ pidValue }));
    out.done(`Domain '${domain.name}' attached to pid ${pidValue}`);
  },
});

export const vncdisplay = command("vncdisplay", {
  help: "tell where the VNC display of a guest is",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    if (!(await domain.isActive())) throw new ShellError("Domain is not running");
    const graphics = all(parseXml(await domain.getXmlDesc()), "devices", "graphics");
    const vnc = graphics.find(({ attrs }) => attrs.type === "vnc");
    const port = Number(vnc?.attrs.port ?? -1);
    if (vnc === undefined || port < 0)
      throw new ShellError("Failed to get VNC port. Is this domain using VNC?");
    const listen = listenOf(vnc);
    const shown = listen === undefined || listen === "0.0.0.0" || listen === "::" ? "" : hostText(listen);
    out.line(`${shown}:${port - 5900}`);
  },
});

const listenOf = (graphics: XmlElement): string | undefined =>
  graphics.attrs.listen ?? at(graphics, "listen")?.attrs.address;

/** IPv6 goes into brackets. */
const hostText = (address: string): string => (address.includes(":") ? `[${address}]` : address);
export const domdisplay = command("domdisplay", {
  help: "tell the URI of a guest's screen",
  options: {
    domain,
    "include-password": flag("with the password"),
    type: text("vnc, spice, rdp ..."),
    all: flag("every one of them"),
  },
  async run({ domain: name, includePassword, type, all: everyone }, { connect, out }) {
    const domain = await findDomain(connect, name);
    if (!(await domain.isActive())) throw new ShellError("Domain is not running");
    const flags = includePassword ? DomainXmlFlags.SECURE : 0;
    const graphics = all(parseXml(await domain.getXmlDesc({ flags })), "devices", "graphics");
    const kinds = ["vnc", "spice", "rdp", "dbus"];
    const ofType = graphics.filter((each) => kinds.includes(each.attrs.type ?? ""));
    const wanted =
      type === undefined || everyone ? ofType : ofType.filter((each) => each.attrs.type === type);
    const uris = wanted.flatMap((each) => displayUri(each) ?? []);
    if (uris.length === 0)
      throw new ShellError(
        type === undefined ? "No graphical display found" : `No graphical display with type '${type}' found`,
      );
    for (const uri of everyone ? uris : uris.slice(0, 1)) out.line(uri);
  },
});

/** As viewers take it; undefined if nobody listens. */
function displayUri(graphics: XmlElement): string | undefined {
  const { type = "", port, tlsPort, passwd } = graphics.attrs;
  const socket = graphics.attrs.socket ?? at(graphics, "listen")?.attrs.socket;
  if (socket !== undefined) return `${type}+unix://${socket}`;
  const plain = Number(port ?? -1);
  const secure = Number(tlsPort ?? -1);
  if (plain <= 0 && secure <= 0) return undefined;
  const listen = listenOf(graphics);
  const host =
    listen === undefined || listen === "0.0.0.0" || listen === "::" ? "localhost" : hostText(listen);
  if (type === "vnc") return `vnc://${passwd === undefined ? "" : `:${passwd}@`}${host}:${plain - 5900}`;
  const parts = [
    ...(secure > 0 ? [`tls-port=${secure}`] : []),
    ...(passwd === undefined ? [] : [`password=${passwd}`]),
  ];
  const query = parts.length > 0 ? `?${parts.join("&")}` : "";
  return `${type}://${host}${plain > 0 ? `:${plain}` : ""}${query}`;
}
export const updateMemoryDevice = command("update-memory-device", {
  help: "change how much of a memory device a guest takes",
  options: {
    domain,
    ...affect,
    "print-xml": flag("show the XML, do nothing"),
    alias: text("alias of the device"),
    node: uint("guest NUMA node of the device"),
    "requested-size": scaled("size the guest shall take", { scale: 1024n }),
  },
  async run(args, { connect, out }) {
    const { domain: name, printXml, alias, node, requestedSize } = args;
    exclusive({ node, alias });
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    const inactive = args.config ? DomainXmlFlags.INACTIVE : 0;
    const devices = all(parseXml(await domain.getXmlDesc({ flags: inactive })), "devices", "memory");
    const found = devices.filter((device) =>
      alias !== undefined
        ? at(device, "alias")?.attrs.name === alias
        : node === undefined || at(device, "target", "node")?.text === String(node),
    );
    const [device] = found;
    if (device === undefined) throw new ShellError("no memory device found");
    if (found.length > 1)
      throw new ShellError("multiple memory devices found, use --alias or --node to select one");
    const xml = dumpElement(requestedSize === undefined ? device : resized(device, requestedSize / 1024n), 2);
    if (printXml) {
      out.text(xml);
      return;
    }
    await domain.updateDeviceFlags({ xml, flags });
  },
});

/** The same device with another `<requested>`. */
function resized(device: XmlElement, kib: bigint): XmlElement {
  const change = (element: XmlElement): XmlElement =>
    element.name === "requested"
      ? { ...element, attrs: { unit: "KiB" }, text: String(kib) }
      : { ...element, children: element.children.map(change) };
  return change(device);
}
