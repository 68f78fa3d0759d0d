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
  raw,
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
const kept = (tag: string) => raw(tag, { plain: true });

/** What stands in a status file before the `<domain>`, but for `<qemuCaps>`; the format is libvirt's. */
const beforeCaps = {
  state: attr("state", str, { required: true }),
  reason: attr("reason", str, { required: true }),
  pid: attr("pid", int, { required: true }),
  taints: list(named("taint", "flag")),
  monitor: child(element("monitor", { path: attr("path", str), type: attr("type", str) })),
  namespaces: child(element("namespaces", { mount: flag("mount") })),
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
  /** What long work was under way: kept as it is written. */
  job: kept("job"),
  fakeReboot: flag("fakereboot"),
  devices: child(element("devices", { devices: list(named("device", "alias")) })),
  /** What numad advised when the guest started. */
  numad: child(element("numad", { nodeset: attr("nodeset", str), cpuset: attr("cpuset", str) })),
  libDir: path("libDir"),
  channelTargetDir: path("channelTargetDir"),
  memoryBackingDir: path("memoryBackingDir"),
  /** The processor as the definition had it before it was made to fit the host. */
  originalCpu: kept("cpu"),
  chardevStdioLogd: flag("chardevStdioLogd"),
  rememberOwner: flag("rememberOwner"),
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
  blockJobs: kept("blockjobs"),
  agentTimeout: leaf("agentTimeout", int),
  backups: kept("backups"),
} as const;
const Before = element("domstatus", beforeCaps);
const Behind = element("domstatus", behindCaps);
const Head = element("domstatus", { ...beforeCaps, ...behindCaps });
export type StatusHead = Infer<typeof Head>;

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
  const text = flagLines([...caps.flags]);
  flagTexts.set(caps, text);
  return text;
}

const flagLines = (names: readonly string[]): string =>
  `  <qemuCaps>\n${names.map((name) => `    <flag name='${escapeXml(name)}'/>\n`).join("")}  </qemuCaps>\n`;

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
  const domain = formatDomain(def, { status: true, secure: true }, 1);
  return HEADER(name) + assemble({ ...before, ...behind }, flagText(facts.caps), domain);
}

/** A status file as `parseStatus` took it apart, its definition formatted again. */
export const formatStored = ({ head, capsFlags }: Omit<StoredStatus, "domain">, domain: string): string =>
  assemble(head, flagLines(capsFlags), domain);

function assemble(head: StatusHead, flags: string, domain: string): string {
  const before = textOf(Before, head).slice(0, -END.length);
  const behind = textOf(Behind, head).slice(START.length, -END.length);
  return `${before}${flags}${behind}${domain}${END}`;
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
  head: StatusHead;
  /** Flags of the QEMU that runs. */
  capsFlags: readonly string[];
  /** To be read as a definition of this driver. */
  domain: XmlElement;
}

/** @throws VirError XML_ERROR, INTERNAL_ERROR when it is no status file */
export function parseStatus(text: string): StoredStatus {
  const root = parseXml(withoutFlags(text));
  const capsText = text.slice(text.indexOf("<qemuCaps>"), text.indexOf("</qemuCaps>"));
  const capsFlags = [...capsText.matchAll(/<flag name='([^']*)'/g)].map(([, name = ""]) => name);
  if (root.name !== "domstatus") throw broken("root element is not 'domstatus'");
  const head = Head.parse(root, { status: true });
  const domain = childNamed(root, "domain");
  if (!domain) throw broken("no domain config");
  const state = parseState(head.state, head.reason);
  if (!state) throw broken(`invalid domain state '${head.state}'`);
  return { state, pid: head.pid, head: withDefaults(head), capsFlags, domain };
}

/** What earlier versions did not write yet. */
function withDefaults(head: StatusHead): StatusHead {
  return {
    nodeNameIndex: 0,
    fdSetIndex: 0,
    agentTimeout: BLOCKING,
    ...head,
    job: head.job && completeJob(head.job),
  };
}

/** `virDomainQemuAgentCommand` waits for an answer however long it takes. */
const BLOCKING = -2;

/** Flags and the time of the start came later; sources of disks once had their attributes one level higher. */
function completeJob(job: XmlElement): XmlElement {
  const disks = job.children.map((disk) => ({ ...disk, children: disk.children.map(nestSource) }));
  const isLong = job.attrs.async !== undefined && job.attrs.async !== "none";
  const late = isLong ? { flags: "0x0", asyncStarted: "0" } : {};
  const { type = "none", async: kind, phase, ...rest } = job.attrs;
  const attrs = { type, ...(kind && { async: kind }), ...(phase && { phase }), ...late, ...rest };
  return { ...job, attrs, children: disks };
}

function nestSource(element: XmlElement): XmlElement {
  if (element.name !== "migrationSource" || childNamed(element, "source")) return element;
  const { type = "", format = "", ...attrs } = element.attrs;
  return { ...element, attrs: { type, format }, children: [{ ...element, name: "source", attrs }] };
}

const broken = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, detail);
