import {
  attr,
  attrOf,
  child,
  childrenNamed,
  custom,
  element,
  group,
  type Infer,
  type InferFields,
  list,
  missingAttribute,
  oneOf,
  onOff,
  type Refusal,
  str,
  strictly,
  uint,
  variant,
  type XmlElement,
  type XmlWriter,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath } from "../types.ts";
import { unsupported, xmlError } from "./errors.ts";
import { SourceSeclabel } from "./seclabel.ts";
import { attrOneOf } from "./words.ts";

/** Try again to connect, every `timeout` seconds. */
export const Reconnect = element(
  "reconnect",
  { enabled: attr("enabled", yesNo), timeout: attr("timeout", uint) },
  {
    read(reconnect, from) {
      if (!reconnect.enabled) reconnect.timeout = undefined;
      else if (reconnect.timeout === undefined) throw missingAttribute("timeout", from);
    },
  },
);
export type Reconnect = Infer<typeof Reconnect>;

const modes = strictly(oneOf(["connect", "bind"]), /[\s\S]*/, "anything");
const protocols = oneOf(["raw", "telnet", "telnets", "tls"]);
const append = attr("append", onOff);

const FileSource = element("source", {
  path: attr("path", str),
  append,
  seclabels: list(SourceSeclabel),
});
const LivePathSource = element("source", { path: attr("path", str, { show: "live" }) });
const TcpSource = element("source", {
  mode: attr("mode", modes, { default: "connect" }),
  host: attr("host", str),
  service: attr("service", str),
  tls: attr("tls", yesNo),
  tlsFromConfig: attr("tlsFromConfig", oneOf(["0", "1"]), { show: "status" }),
  reconnect: child(Reconnect),
});
/** Without a path the daemon chooses one; there is nothing to show then. */
const UnixSource = element(
  "source",
  {
    mode: attr("mode", modes),
    path: attr("path", str),
    reconnect: child(Reconnect),
    seclabels: list(SourceSeclabel),
  },
  {
    read(source) {
      if (source.path !== undefined) source.mode ??= "connect";
    },
    view: (source) => (source.path === undefined ? { seclabels: [] } : source),
  },
);
const VdagentSource = element("source", {
  clipboard: attrOf("clipboard", "copypaste", yesNo, { required: true }),
  mouse: attrOf("mouse", "mode", oneOf(["server", "client"]), { required: true }),
});

/** The two halves of a UDP line: where it sends to and where it listens. */
export interface UdpEnds {
  connectHost?: string | undefined;
  connectService?: string | undefined;
  bindHost?: string | undefined;
  bindService?: string | undefined;
}

const udpEnds = custom<UdpEnds>({
  tags: ["source"],
  like: {
    sources: list(
      element("source", {
        mode: attr("mode", modes),
        host: attr("host", str),
        service: attr("service", str),
      }),
    ),
  },
  parse(from) {
    const ends: UdpEnds = {};
    for (const source of childrenNamed(from, "source")) {
      const { mode, host, service } = source.attrs;
      const bind = mode !== undefined && modes.parse(mode, source, "mode") === "bind";
      if (bind) {
        ends.bindHost ??= host;
        ends.bindService ??= service;
      } else {
        ends.connectHost ??= host;
        ends.connectService ??= service;
      }
    }
    return ends;
  },
  formatBody(ends, writer) {
    writeEnd(writer, "bind", ends.bindHost, ends.bindService);
    writeEnd(writer, "connect", ends.connectHost, ends.connectService);
  },
});

function writeEnd(
  writer: XmlWriter,
  mode: string,
  host: string | undefined,
  service: string | undefined,
): void {
  if (host === undefined && service === undefined) return;
  writer.open("source");
  writer.attr("mode", mode);
  if (host !== undefined) writer.attr("host", host);
  if (service !== undefined) writer.attr("service", service);
  writer.close("source");
}

const types = [
  "null",
  "vc",
  "pty",
  "dev",
  "file",
  "pipe",
  "stdio",
  "udp",
  "tcp",
  "unix",
  "spicevmc",
  "spiceport",
  "nmdm",
  "qemu-vdagent",
  "dbus",
] as const;

const Log = element("log", {
  file: attr("file", absPath, { strict: { required: true } }),
  append,
});

/** The refusal of a kind nobody knows. */
const unknownType = (text: string) =>
  unsupported(`unknown type presented to host for character device: ${text}`);

/** Libvirt's schema counts no sources; the parser does. */
const several = { strict: { many: true } } as const;

const fields = (refuse: Refusal = unknownType) => ({
  type: attrOneOf("type", types, { default: "pty", refuse, strict: { required: true } }),
  $host: variant(
    "type",
    {
      null: {},
      vc: {},
      pty: { source: child(LivePathSource, several) },
      dev: { source: child(FileSource, several) },
      file: { source: child(FileSource, several) },
      pipe: { source: child(FileSource, several) },
      stdio: {},
      udp: { ends: udpEnds },
      tcp: {
        source: child(TcpSource, several),
        protocol: attrOf("protocol", "type", protocols),
      },
      unix: { source: child(UnixSource, several) },
      spicevmc: {},
      spiceport: { source: child(element("source", { channel: attr("channel", str) })) },
      nmdm: { source: child(element("source", { master: attr("master", str), slave: attr("slave", str) })) },
      "qemu-vdagent": { source: child(VdagentSource, several) },
      dbus: { source: child(element("source", { channel: attr("channel", str) })) },
    },
    { strict: { any: true } },
  ),
  log: child(Log),
});

/**
 * The host side of a character device; it stands in the same element as the guest side.
 * `source.type` says which kind it is.
 */
export type ChardevSource = InferFields<ReturnType<typeof fields>>;
export const chardevTypes = types;
export const chardevSource = group(fields(), { required: true });
/** The same where another refusal tells of kinds nobody knows. */
export const chardevSourceRefusing = (refuse: Refusal) => group(fields(refuse), { required: true });
/** Valid consoles need not say what they are. */
export const consoleSource = group(
  { ...fields(), type: attrOneOf("type", types, { default: "pty", refuse: unknownType }) },
  { required: true },
);

/** Of these there is one, but a line over UDP has two ends. */
export function readChardev(source: ChardevSource, from: XmlElement): void {
  checkSourceCount(from, source.type);
  if (childrenNamed(from, "log").length > 1)
    throw xmlError("only one log element is allowed for character device");
  if (childrenNamed(from, "protocol").length > 1)
    throw xmlError("only one protocol element is allowed for character device");
  if (source.type === "tcp") source.protocol ??= "raw";
}

/** Refuses more than one `<source>` where only one makes sense. */
export function checkSourceCount(from: XmlElement, type: string): void {
  const count = childrenNamed(from, "source").length;
  const allowed = type === "udp" ? 2 : 1;
  if (count > allowed)
    throw xmlError(
      allowed === 1
        ? "only one source element is allowed for character device"
        : "only two source elements are allowed for character device",
    );
}
