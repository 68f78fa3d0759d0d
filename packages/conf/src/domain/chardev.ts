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
  oneOf,
  onOff,
  str,
  strictly,
  uint,
  variant,
  type XmlElement,
  type XmlWriter,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath } from "../types.ts";
import { internalError, invalidArgument, readError, unsupported, xmlError } from "./errors.ts";
import { SourceSeclabel } from "./seclabel.ts";
import { attrOneOf } from "./words.ts";

/** Try again to connect, every `timeout` seconds. */
export const Reconnect = element("reconnect", {
  enabled: attr("enabled", yesNo),
  timeout: attr("timeout", uint),
});
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
        ends.bindHost = host;
        ends.bindService = service;
      } else {
        ends.connectHost = host;
        ends.connectService = service;
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

const Log = element("log", { file: attr("file", absPath, { required: true }), append });

/** The refusal of a kind nobody knows. */
const unknownType = (text: string) =>
  unsupported(`unknown type presented to host for character device: ${text}`);

/** Libvirt's schema counts no sources; the parser does. */
const several = { strict: { many: true } } as const;

const fields = {
  type: attrOneOf("type", types, { default: "pty", refuse: unknownType, strict: { required: true } }),
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
};

/**
 * The host side of a character device; it stands in the same element as the guest side.
 * `source.type` says which kind it is.
 */
export type ChardevSource = InferFields<typeof fields>;
export const chardevTypes = types;
export const chardevSource = group(fields, { required: true });
/** Valid consoles need not say what they are. */
export const consoleSource = group(
  { ...fields, type: attrOneOf("type", types, { default: "pty", refuse: unknownType }) },
  { required: true },
);

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

/**
 * Checks that the host side says all it must.
 * @param purpose the device it belongs to: some fill in a path of their own
 */
export function checkChardevSource(
  source: ChardevSource,
  from: XmlElement,
  isUnixPathOptional: boolean,
): void {
  checkSourceCount(from, source.type);
  switch (source.type) {
    case "file":
    case "dev":
    case "pipe":
      if (source.source?.path === undefined)
        throw internalError("Missing source path attribute for char device");
      break;
    case "nmdm":
      if (source.source?.master === undefined)
        throw internalError("Missing master path attribute for nmdm device");
      if (source.source.slave === undefined)
        throw internalError("Missing slave path attribute for nmdm device");
      break;
    case "tcp":
      source.protocol ??= "raw";
      if (source.source?.host === undefined)
        throw internalError("Missing source host attribute for char device");
      if (source.source.service === undefined)
        throw internalError("Missing source service attribute for char device");
      checkReconnect(source.source.reconnect, source.source.mode);
      break;
    case "udp":
      if (source.ends?.connectService === undefined)
        throw internalError("Missing source service attribute for char device");
      break;
    case "unix":
      if (source.source?.path === undefined && !isUnixPathOptional)
        throw internalError("Missing source path attribute for char device");
      checkReconnect(source.source?.reconnect, source.source?.mode);
      break;
    case "spiceport":
    case "dbus":
      if (source.source?.channel === undefined)
        throw unsupported("Missing source channel attribute for char device");
      if (!/^[-a-zA-Z0-9._]+$/.test(source.source.channel))
        throw internalError("Invalid character in source channel for char device");
      break;
  }
}

/** Who waits to be connected to cannot connect again; the driver may have turned the direction by now. */
export function checkReconnectMode({ type, ...rest }: ChardevSource): void {
  const source = "source" in rest ? rest.source : undefined;
  if (type !== "unix" || !source || !("reconnect" in source) || source.reconnect?.enabled !== true) return;
  if (source.mode !== "connect") throw internalError("chardev reconnect is possible only for connect mode");
}

function checkReconnect(reconnect: Reconnect | undefined, mode: string | undefined): void {
  if (reconnect?.enabled !== true) return;
  if (reconnect.timeout === undefined)
    throw readError("Missing required attribute 'timeout' in element 'reconnect'");
  if (reconnect.timeout === 0) throw invalidReconnect();
  if (mode === "bind") throw internalError("chardev reconnect is possible only for connect mode");
}

const invalidReconnect = () => invalidArgument("chardev reconnect source timeout cannot be '0'");
