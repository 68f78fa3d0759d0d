import type { Cpu, DomainDef } from "@libvirt-ts/conf/domain";
import { qemuFeatureName } from "@libvirt-ts/cpu";
import { type DeviceContext, isX86, optionPart, type Part } from "../device/parts.ts";
import { type OptionValue, optionText } from "./text.ts";

type Options = [key: string, value: OptionValue][];

/** `-cpu`, with what belongs to the CPU's surroundings: clocks, Hyper-V, KVM. */
export function cpuParts(context: DeviceContext): Part[] {
  const { def } = context;
  const options: Options = [];
  const model = cpuModel(context, options);
  const more = surroundings(def);
  if (model === undefined && more.length === 0) return [];
  const base = model ?? (def.os.type.arch === "i686" ? "qemu32" : "qemu64");
  return [optionPart("-cpu", optionText(base, [...options, ...more]))];
}

function cpuModel({ def, caps, host }: DeviceContext, options: Options): string | undefined {
  const { cpu } = def;
  if (cpu === undefined) return undefined;
  const { arch = "" } = def.os.type;
  const mode = cpu.mode ?? "custom";
  const name = mode === "custom" ? cpu.model?.name : mode === "maximum" ? "max" : "host";
  if (name === undefined) return undefined;
  if (mode === "host-passthrough" || mode === "maximum") {
    // A 64-bit host's processor runs 32-bit guests only when told so.
    if (arch === "armv7l" && host.arch === "aarch64") options.push(["aarch64", false]);
    if (caps.flags.has("cpu.migratable")) options.push(["migratable", cpu.migratable]);
  }
  if (cpu.model?.vendorId !== undefined) options.push(["vendor", cpu.model.vendorId]);
  for (const { name: feature, policy } of cpu.features) {
    const isWanted = policy === "require" || policy === "force";
    if (policy !== "optional") options.push([isX86(arch) ? qemuFeatureName(feature) : feature, isWanted]);
  }
  return name;
}

function surroundings(def: DomainDef): Options {
  const options: Options = [];
  const { features, clock, cpu } = def;
  for (const timer of clock.timers) {
    if (timer.name === "kvmclock" && timer.present !== undefined) options.push(["kvmclock", timer.present]);
    if (timer.name === "hypervclock" && timer.present) options.push(["hv-time", true]);
    if (timer.name === "tsc" && timer.frequency) options.push(["tsc-frequency", timer.frequency]);
    if (timer.name === "armvtimer")
      options.push(["kvm-no-adjvtime", timer.tickpolicy === "discard" ? true : undefined]);
  }
  options.push(["kvm-pv-eoi", features?.apic?.eoi]);
  if (features?.pvspinlock !== undefined) options.push(["kvm-pv-unhalt", features.pvspinlock.state]);
  options.push(...hypervOptions(def));
  if (def.devices.panics.some((panic) => panic.model === "hyperv")) options.push(["hv-crash", null]);
  if (features?.kvm?.hidden) options.push(["kvm", false]);
  if (features?.kvm?.hintDedicated) options.push(["kvm-hint-dedicated", true]);
  if (features?.kvm?.pollControl) options.push(["kvm-poll-control", true]);
  options.push(["kvm-pv-ipi", features?.kvm?.pvIpi]);
  options.push(["pmu", features?.pmu?.state]);
  if (cpu !== undefined) options.push(...cacheOptions(cpu));
  const bits = cpu?.maxphysaddr;
  if (bits?.mode === "passthrough")
    options.push(["host-phys-bits", true], ["host-phys-bits-limit", bits.limit || undefined]);
  else if (bits?.mode === "emulate") options.push(["phys-bits", bits.bits || undefined]);
  return options.filter(([, value]) => value !== undefined);
}

/** The host's caches are only switched off where QEMU would have shown them. */
function cacheOptions({ cache, mode }: Cpu): Options {
  const hidden: Options =
    mode === "host-passthrough" || mode === "maximum" ? [["host-cache-info", false]] : [];
  switch (cache?.mode) {
    case "emulate":
      return [["l3-cache", true], ...hidden];
    case "passthrough":
      return [
        ["host-cache-info", true],
        ["l3-cache", false],
      ];
    case "disable":
      return [...hidden, ["l3-cache", false]];
    case undefined:
      return [];
  }
}

export function hypervOptions({ features }: DomainDef): Options {
  const hyperv = features?.hyperv;
  if (hyperv === undefined) return [];
  const options: Options = [];
  if (hyperv.mode === "passthrough") options.push(["hv-passthrough", true]);
  const on = (name: string, state: boolean | undefined) => {
    if (state) options.push([name, true]);
  };
  on("hv-relaxed", hyperv.relaxed);
  on("hv-vapic", hyperv.vapic);
  if (hyperv.spinlocks?.state)
    options.push(["hv-spinlocks", `0x${(hyperv.spinlocks.retries ?? 0).toString(16)}`]);
  on("hv-vpindex", hyperv.vpindex);
  on("hv-runtime", hyperv.runtime);
  on("hv-synic", hyperv.synic);
  if (hyperv.stimer?.state) {
    on("hv-stimer", true);
    on("hv-stimer-direct", hyperv.stimer.direct);
  }
  on("hv-reset", hyperv.reset);
  if (hyperv.vendorId?.state) options.push(["hv-vendor-id", hyperv.vendorId.value]);
  on("hv-frequencies", hyperv.frequencies);
  on("hv-reenlightenment", hyperv.reenlightenment);
  if (hyperv.tlbflush?.state) {
    on("hv-tlbflush", true);
    on("hv-tlbflush-direct", hyperv.tlbflush.direct);
    on("hv-tlbflush-ext", hyperv.tlbflush.extended);
  }
  on("hv-ipi", hyperv.ipi);
  on("hv-evmcs", hyperv.evmcs);
  on("hv-avic", hyperv.avic);
  on("hv-emsr-bitmap", hyperv.emsrBitmap);
  on("hv-xmm-input", hyperv.xmmInput);
  return options;
}
