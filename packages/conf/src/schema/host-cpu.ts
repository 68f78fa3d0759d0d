import {
  attr,
  attrOf,
  child,
  element,
  flag,
  type Infer,
  leaf,
  list,
  oneOf,
  positive,
  str,
  strictly,
  uint,
  ulong,
  yesNo,
} from "@libvirt-ts/xml";
import { unit } from "../domain/scalars.ts";
import { arch, hexDigits } from "../types.ts";

const feature = element("feature", {
  name: attr("name", strictly(str, /[a-zA-Z0-9\-_.]+/, "the name of a CPU feature"), { required: true }),
});

/** The processor of a host, as capabilities describe it. */
export const HostCpu = element("cpu", {
  arch: leaf("arch", arch, { required: true }),
  flags: child(
    element("features", { pae: flag("pae"), nonpae: flag("nonpae"), vmx: flag("vmx"), svm: flag("svm") }),
  ),
  model: leaf("model", str),
  vendor: leaf("vendor", str),
  microcode: attrOf("microcode", "version", positive),
  signature: child(
    element("signature", {
      family: attr("family", positive, { required: true }),
      model: attr("model", uint, { required: true }),
      stepping: attr("stepping", uint, { required: true }),
    }),
  ),
  counter: child(
    element("counter", {
      name: attr("name", str, { required: true }),
      frequency: attr("frequency", ulong, { required: true }),
      scaling: attr("scaling", yesNo, { required: true }),
    }),
  ),
  topology: child(
    element("topology", {
      sockets: attr("sockets", positive, { required: true }),
      dies: attr("dies", positive),
      clusters: attr("clusters", positive),
      cores: attr("cores", positive, { required: true }),
      threads: attr("threads", positive, { required: true }),
    }),
  ),
  maxphysaddr: child(
    element("maxphysaddr", {
      mode: attr("mode", oneOf(["emulate", "passthrough"]), { required: true }),
      bits: attr("bits", uint),
      limit: attr("limit", uint),
    }),
  ),
  features: list(feature),
  pages: list(element("pages", { unit, size: attr("size", uint, { required: true }) })),
});
export type HostCpu = Infer<typeof HostCpu>;

const register = hexDigits(str, 8);
const registers = {
  eax: attr("eax", register, { required: true }),
  edx: attr("edx", register, { required: true }),
};

/** What the CPUID instruction and model-specific registers say. */
export const CpuData = element("cpudata", {
  arch: attr("arch", str, { required: true }),
  cpuid: list(
    element("cpuid", {
      eaxIn: attr("eax_in", register, { required: true }),
      ecxIn: attr("ecx_in", register),
      ...registers,
      ebx: attr("ebx", register, { required: true }),
      ecx: attr("ecx", register, { required: true }),
    }),
  ),
  msr: list(element("msr", { index: attr("index", register, { required: true }), ...registers })),
});

/** Several processors side by side. */
export const CpuTest = element("cpuTest", { cpus: list(HostCpu) });
