import { formatDomain } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { parseState, type State } from "@libvirt-ts/hypervisor";
import {
  attr,
  attrOf,
  child,
  childNamed,
  type ElementCodec,
  element,
  escapeXml,
  flag,
  type Infer,
  int,
  leaf,
  list,
  parseXml,
  str,
  uint,
  type XmlElement,
  XmlWriter,
  yesNo,
} from "@libvirt-ts/xml";
import type { QemuCaps } from "./caps/qemu-caps.ts";
import type { QemuDomain } from "./guest.ts";

const named = <const T extends string, const A extends string>(tag: T, name: A) =>
  element(tag, { value: attr(name, str, { required: true }) });
const path = (tag: string) => attrOf(tag, "path", str);

/** What stands in a status file before the `<domain>`, but for `<qemuCaps>`; the format is libvirt's. */
const beforeCaps = {
  state: attr("state", str, { required: true }),
  reason: attr("reason", str, { required: true }),
  pid: attr("pid", int, { required: true }),
  taints: list(named("taint", "flag")),
  monitor: child(element("monitor", { path: attr("path", str), type: attr("type", str) })),
  vcpus: child(
    element("vcpus", {
      vcpus: list(
        element("vcpu", {
          id: attr("id", uint, { required: true }),
          pid: attr("pid", uint, { required: true }),
        }),
      ),
    }),
  ),
} as const;
const behindCaps = {
  lockState: leaf("lockstate", str),
  fakeReboot: flag("fakereboot"),
  devices: child(element("devices", { devices: list(named("device", "alias")) })),
  libDir: path("libDir"),
  channelTargetDir: path("channelTargetDir"),
  memoryBackingDir: path("memoryBackingDir"),
  chardevStdioLogd: flag("chardevStdioLogd"),
  // differs: libvirt notes the owner in an attribute of the file itself.
  formerOwners: list(
    element("formerOwner", {
      path: attr("path", str, { required: true }),
      uid: attr("uid", uint, { required: true }),
      gid: attr("gid", uint, { required: true }),
    }),
  ),
  allowReboot: attrOf("allowReboot", "value", yesNo),
  nodeNameIndex: attrOf("nodename", "index", uint),
  fdSetIndex: attrOf("fdset", "index", uint),
  agentTimeout: leaf("agentTimeout", int),
} as const;
const Before = element("domstatus", beforeCaps);
const Behind = element("domstatus", behindCaps);
const Head = element("domstatus", { ...beforeCaps, ...behindCaps });
type Head = Infer<typeof Head>;

const HEADER = (name: string) => `<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh edit${name.includes("--") ? "" : ` ${name}`}
or other application using the libvirt API.
-->

`;
const START = "<domstatus>\n";
const END = "</domstatus>\n";

/** Hundreds of flags, the same for all guests of a QEMU: they are written once, and never read back. */
const flagTexts = new WeakMap<QemuCaps, string>();

function flagText(caps: QemuCaps): string {
  const known = flagTexts.get(caps);
  if (known !== undefined) return known;
  const flags = [...caps.flags].map((name) => `    <flag name='${escapeXml(name)}'/>\n`);
  const text = `  <qemuCaps>\n${flags.join("")}  </qemuCaps>\n`;
  flagTexts.set(caps, text);
  return text;
}

const withoutFlags = (text: string): string => {
  const end = text.indexOf("<domain");
  const from = text.indexOf("<qemuCaps>");
  const to = text.indexOf("</qemuCaps>", from);
  return from >= 0 && to >= 0 && to < end
    ? text.slice(0, from) + text.slice(to + "</qemuCaps>".length)
    : text;
};

/** The status file of a running guest: all that another daemon needs to take it over. */
export function formatStatus({ name, state, def, live }: QemuDomain): string {
  if (!live) throw new Error(`domain ${name} has no status: nothing runs`);
  const { facts, process } = live;
  const { paths } = facts;
  const before: Infer<typeof Before> = {
    state: state.name,
    reason: state.reason,
    pid: process.pid,
    taints: [...facts.taints].map((value) => ({ value })),
    monitor: { path: paths.monitor, type: "unix" },
    vcpus: { vcpus: facts.vcpus.map(({ id, tid }) => ({ id, pid: tid })) },
  };
  const behind: Infer<typeof Behind> = {
    lockState: facts.lockState,
    ...(facts.fakeReboot && { fakeReboot: true as const }),
    devices: { devices: facts.devices.map((value) => ({ value })) },
    libDir: paths.lib,
    channelTargetDir: paths.channel,
    memoryBackingDir: paths.memoryBacking,
    ...(facts.stdioLogd && { chardevStdioLogd: true as const }),
    formerOwners: [...facts.formerOwners],
    allowReboot: facts.allowReboot,
    nodeNameIndex: facts.nodeNameIndex,
    fdSetIndex: facts.fdSetIndex,
    agentTimeout: facts.agentTimeout,
  };
  const head = textOf(Before, before).slice(0, -END.length);
  const rest = textOf(Behind, behind).slice(START.length, -END.length);
  const domain = formatDomain(def, { status: true, secure: true }, 1);
  return `${HEADER(name)}${head}${flagText(facts.caps)}${rest}${domain}${END}`;
}

function textOf<T>(codec: ElementCodec<T>, value: T): string {
  const writer = new XmlWriter();
  codec.format(value, writer, { status: true });
  return writer.toString();
}

/** What an earlier daemon wrote. */
export interface StoredStatus {
  state: State;
  pid: number;
  head: Head;
  /** To be read as a definition of this driver. */
  domain: XmlElement;
}

/** @throws VirError XML_ERROR, INTERNAL_ERROR when it is no status file */
export function parseStatus(text: string): StoredStatus {
  const root = parseXml(withoutFlags(text), { what: "domain_status" });
  if (root.name !== "domstatus") throw broken("root element is not 'domstatus'");
  const head = Head.parse(root, { status: true });
  const domain = childNamed(root, "domain");
  if (!domain) throw broken("no domain config");
  const state = parseState(head.state, head.reason);
  if (!state) throw broken(`invalid domain state '${head.state}'`);
  return { state, pid: head.pid, head, domain };
}

const broken = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, detail);
