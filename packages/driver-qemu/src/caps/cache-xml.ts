import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { childNamed, childrenNamed, parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import { type CapsFlag, capsFlags, isCapsFlag } from "./flags.ts";
import type {
  Accelerator,
  AcceleratorCaps,
  CpuDefinition,
  CpuProperty,
  HostCpuModel,
  MachineType,
  QemuCaps,
  SevCaps,
  SgxCaps,
} from "./qemu-caps.ts";

/** What stands in the cache file of a binary: libvirt's `<qemuCaps>`. */
export function formatQemuCaps(caps: QemuCaps): string {
  const out = new XmlWriter();
  const leaf = (tag: string, value: string | number | bigint | undefined) => {
    if (value === undefined) return;
    out.open(tag);
    out.closeWithText(tag, String(value));
  };
  out.open("qemuCaps");
  leaf("emulator", caps.emulator);
  leaf("qemuctime", caps.origin.binaryCtime);
  leaf("qemumoddirmtime", caps.origin.moduleDirMtime);
  leaf("selfctime", caps.origin.selfCtime);
  leaf("selfvers", caps.origin.selfVersion);
  for (const flag of capsFlags) if (caps.flags.has(flag)) empty(out, "flag", { name: flag });
  leaf("version", caps.version);
  leaf("kvmVersion", caps.kvmVersion);
  leaf("microcodeVersion", caps.microcodeVersion);
  leaf("hostCPUSignature", caps.hostCpuSignature);
  leaf("package", caps.package);
  leaf("kernelVersion", caps.kernelVersion);
  leaf("arch", caps.arch);
  for (const name of ["kvm", "hvf", "tcg"] as const) {
    const accel = caps.accel[name];
    if (accel !== undefined) formatAccelerator(out, name, accel);
  }
  for (const gic of caps.gic) {
    empty(out, "gic", {
      version: String(gic.version),
      kernel: yesNo(gic.kernel),
      emulated: yesNo(gic.emulated),
    });
  }
  if (caps.sev !== undefined) {
    out.open("sev");
    leaf("cbitpos", caps.sev.cbitpos);
    leaf("reducedPhysBits", caps.sev.reducedPhysBits);
    leaf("pdh", caps.sev.pdh);
    leaf("certChain", caps.sev.certChain);
    leaf("cpu0Id", caps.sev.cpu0Id);
    out.close("sev");
  }
  if (caps.sgx !== undefined) formatSgx(out, caps.sgx);
  if (caps.hyperv !== undefined) {
    out.open("hypervCapabilities");
    out.attr("supported", "yes");
    for (const name of caps.hyperv) empty(out, "cap", { name });
    out.close("hypervCapabilities");
  }
  out.close("qemuCaps");
  return out.toString();
}

function formatAccelerator(out: XmlWriter, type: Accelerator, { hostCpu, cpus, machines }: AcceleratorCaps) {
  if (hostCpu !== undefined) formatHostCpu(out, type, hostCpu);
  for (const cpu of cpus) {
    out.open("cpu");
    attributes(out, {
      type,
      name: cpu.name,
      typename: cpu.typename,
      usable: cpu.usable === undefined ? undefined : yesNo(cpu.usable),
      deprecated: cpu.deprecated ? "yes" : undefined,
      vendor: cpu.vendor,
    });
    for (const name of cpu.blockers) empty(out, "blocker", { name });
    out.close("cpu");
  }
  for (const machine of machines) {
    empty(out, "machine", {
      type,
      name: machine.name,
      alias: machine.alias,
      hotplugCpus: machine.hotplugCpus ? "yes" : undefined,
      maxCpus: String(machine.maxCpus),
      default: machine.isDefault ? "yes" : undefined,
      defaultCPU: machine.defaultCpu,
      numaMemSupported: machine.numaMemSupported ? "yes" : undefined,
      defaultRAMid: machine.defaultRamId,
      deprecated: machine.deprecated ? "yes" : undefined,
      acpi: machine.acpi === undefined ? undefined : yesNo(machine.acpi),
    });
  }
}

function formatHostCpu(out: XmlWriter, type: Accelerator, hostCpu: HostCpuModel) {
  out.open("hostCPU");
  attributes(out, { type, model: hostCpu.model, migratability: yesNo(hostCpu.migratability) });
  for (const { name, value, migratable } of hostCpu.properties) {
    empty(out, "property", {
      name,
      type: typeof value,
      value: String(value),
      migratable: migratable === undefined ? undefined : yesNo(migratable),
    });
  }
  if (hostCpu.deprecatedFeatures !== undefined) {
    out.open("deprecatedFeatures");
    for (const name of hostCpu.deprecatedFeatures) empty(out, "property", { name });
    out.close("deprecatedFeatures");
  }
  out.close("hostCPU");
}

function formatSgx(out: XmlWriter, sgx: SgxCaps) {
  out.open("sgx");
  out.attr("supported", "yes");
  for (const [tag, value] of [
    ["flc", sgx.flc],
    ["sgx1", sgx.sgx1],
    ["sgx2", sgx.sgx2],
  ] as const) {
    out.open(tag);
    out.closeWithText(tag, yesNo(value));
  }
  out.open("section_size");
  out.attr("unit", "KiB");
  out.closeWithText("section_size", String(sgx.sectionSizeKiB));
  if (sgx.sections.length > 0) {
    out.open("sections");
    for (const { node, sizeKiB } of sgx.sections) {
      empty(out, "section", { node: String(node), size: String(sizeKiB), unit: "KiB" });
    }
    out.close("sections");
  }
  out.close("sgx");
}

/**
 * @throws VirError XML/XML_ERROR for text that is not a capability file. Flags this version does not know are
 *   dropped: the file then comes from another version and is probed again anyway.
 */
export function parseQemuCaps(text: string): QemuCaps {
  const root = parseXml(text);
  if (root.name !== "qemuCaps") throw malformedCaps(`root element is <${root.name}>`);
  const leaf = (tag: string) => childNamed(root, tag)?.text;
  const need = (tag: string) => leaf(tag) ?? fail(`missing ${tag}`);
  const flags = new Set<CapsFlag>();
  for (const { attrs } of childrenNamed(root, "flag")) {
    const name = attrs.name ?? "";
    if (isCapsFlag(name)) flags.add(name);
  }
  const accel: QemuCaps["accel"] = {};
  for (const name of ["kvm", "hvf", "tcg"] as const) {
    const found = parseAccelerator(root, name);
    if (found !== undefined) accel[name] = found;
  }
  const moduleDirMtime = leaf("qemumoddirmtime");
  const kvmVersion = leaf("kvmVersion");
  const sev = childNamed(root, "sev");
  const sgx = childNamed(root, "sgx");
  const hyperv = childNamed(root, "hypervCapabilities");
  return {
    emulator: need("emulator"),
    arch: need("arch"),
    version: integer(need("version")),
    microcodeVersion: integer(leaf("microcodeVersion") ?? "0"),
    ...some("package", leaf("package")),
    ...some("hostCpuSignature", leaf("hostCPUSignature")),
    ...some("kernelVersion", leaf("kernelVersion")),
    ...(kvmVersion === undefined ? {} : { kvmVersion: integer(kvmVersion) }),
    flags,
    accel,
    gic: childrenNamed(root, "gic").map(({ attrs }) => ({
      version: integer(attrs.version ?? ""),
      kernel: attrs.kernel === "yes",
      emulated: attrs.emulated === "yes",
    })),
    ...(sev === undefined ? {} : { sev: parseSev(sev) }),
    ...(sgx?.attrs.supported === "yes" ? { sgx: parseSgx(sgx) } : {}),
    ...(hyperv?.attrs.supported === "yes"
      ? { hyperv: childrenNamed(hyperv, "cap").map((c) => c.attrs.name ?? "") }
      : {}),
    origin: {
      binaryCtime: integer(need("qemuctime")),
      ...(moduleDirMtime === undefined ? {} : { moduleDirMtime: integer(moduleDirMtime) }),
      selfCtime: integer(need("selfctime")),
      selfVersion: integer(need("selfvers")),
    },
  };
}

function parseAccelerator(root: XmlElement, type: Accelerator): AcceleratorCaps | undefined {
  const mine = (tag: string) => childrenNamed(root, tag).filter((e) => e.attrs.type === type);
  const cpus = mine("cpu").map((e): CpuDefinition => {
    const { name = "", typename, usable, deprecated, vendor } = e.attrs;
    return {
      name,
      ...some("typename", typename),
      ...(usable === undefined ? {} : { usable: usable === "yes" }),
      blockers: childrenNamed(e, "blocker").map((b) => b.attrs.name ?? ""),
      deprecated: deprecated === "yes",
      ...some("vendor", vendor),
    };
  });
  const machines = mine("machine").map(
    ({ attrs }): MachineType => ({
      name: attrs.name ?? fail("machine without name"),
      ...some("alias", attrs.alias),
      isDefault: attrs.default === "yes",
      hotplugCpus: attrs.hotplugCpus === "yes",
      maxCpus: integer(attrs.maxCpus ?? "0"),
      ...some("defaultCpu", attrs.defaultCPU),
      numaMemSupported: attrs.numaMemSupported === "yes",
      ...some("defaultRamId", attrs.defaultRAMid),
      deprecated: attrs.deprecated === "yes",
      ...(attrs.acpi === undefined ? {} : { acpi: attrs.acpi === "yes" }),
    }),
  );
  const hostCpu = mine("hostCPU")[0];
  if (hostCpu === undefined && cpus.length === 0 && machines.length === 0) return undefined;
  return { ...(hostCpu === undefined ? {} : { hostCpu: parseHostCpu(hostCpu) }), cpus, machines };
}

function parseHostCpu(element: XmlElement): HostCpuModel {
  const deprecated = childNamed(element, "deprecatedFeatures");
  return {
    model: element.attrs.model ?? "",
    migratability: element.attrs.migratability === "yes",
    properties: childrenNamed(element, "property").map(({ attrs }): CpuProperty => {
      const { name = "", type, value = "", migratable } = attrs;
      return {
        name,
        value: type === "boolean" ? value === "true" : type === "number" ? Number(value) : value,
        ...(migratable === undefined ? {} : { migratable: migratable === "yes" }),
      };
    }),
    ...(deprecated && {
      deprecatedFeatures: childrenNamed(deprecated, "property").map((p) => p.attrs.name ?? ""),
    }),
  };
}

function parseSev(element: XmlElement): SevCaps {
  const leaf = (tag: string) => childNamed(element, tag)?.text;
  return {
    cbitpos: integer(leaf("cbitpos") ?? ""),
    reducedPhysBits: integer(leaf("reducedPhysBits") ?? ""),
    pdh: leaf("pdh") ?? "",
    certChain: leaf("certChain") ?? "",
    ...some("cpu0Id", leaf("cpu0Id")),
  };
}

function parseSgx(element: XmlElement): SgxCaps {
  const flag = (tag: string) => childNamed(element, tag)?.text === "yes";
  const sections = childNamed(element, "sections");
  return {
    flc: flag("flc"),
    sgx1: flag("sgx1"),
    sgx2: flag("sgx2"),
    sectionSizeKiB: BigInt(childNamed(element, "section_size")?.text ?? "0"),
    sections: (sections === undefined ? [] : childrenNamed(sections, "section")).map(({ attrs }) => ({
      node: integer(attrs.node ?? ""),
      sizeKiB: BigInt(attrs.size ?? "0"),
    })),
  };
}

function empty(out: XmlWriter, tag: string, values: Record<string, string | undefined>) {
  out.open(tag);
  attributes(out, values);
  out.close(tag);
}

function attributes(out: XmlWriter, values: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) out.attr(name, value);
}

const yesNo = (value: boolean) => (value ? "yes" : "no");
const some = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: string }); // one key, just named

function integer(text: string): number {
  const value = Number(text);
  return text !== "" && Number.isInteger(value) ? value : fail(`'${text}' is not a number`);
}

const malformedCaps = (detail: string) =>
  new VirError(ErrorDomain.QEMU, ErrorCode.XML_ERROR, `malformed QEMU capabilities cache: ${detail}`);

function fail(detail: string): never {
  throw malformedCaps(detail);
}
