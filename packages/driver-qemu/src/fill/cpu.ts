import type { DomainDef } from "@libvirt-ts/conf/domain";
import { acceleratorOf, findMachine, type QemuCaps } from "../caps/qemu-caps.ts";
import { isX86 } from "../device/parts.ts";

/** The CPU QEMU would choose is written down, so that a newer QEMU chooses the same. */
export function fillDefaultCpu(def: DomainDef, caps: QemuCaps): void {
  const { arch = "", machine = "" } = def.os.type;
  const { cpu } = def;
  if (cpu !== undefined && ((cpu.mode ?? "custom") !== "custom" || cpu.model?.name !== undefined)) return;
  if (!hasCpuModels(arch)) return;
  const model = defaultModel(caps, def.type, machine);
  if (model === undefined) return;
  // Elsewhere the default is right for TCG only.
  if (!isX86(arch) && !arch.startsWith("s390") && !arch.startsWith("ppc64") && def.type !== "qemu") return;
  def.cpu ??= { features: [] };
  const filled = def.cpu;
  if (model === "host") {
    filled.mode = arch.startsWith("s390") ? "host-model" : "host-passthrough";
    filled.match = undefined;
    return;
  }
  filled.mode = "custom";
  filled.match = "exact";
  filled.check ??= "none";
  filled.model = { ...filled.model, fallback: "forbid", name: model };
}

/** Architectures whose CPU models are described at all. */
const hasCpuModels = (arch: string) =>
  isX86(arch) || /^(s390|ppc64|arm|aarch64|riscv64|loongarch64)/.test(arch);

function defaultModel(caps: QemuCaps, domainType: string, machine: string): string | undefined {
  const typename = findMachine(caps, domainType, machine)?.defaultCpu;
  if (typename === undefined) return undefined;
  return caps.accel[acceleratorOf(domainType)]?.cpus.find((cpu) => cpu.typename === typename)?.name;
}

/** How strictly the CPU is checked, if the user does not say. */
export function fillCpu(def: DomainDef, caps: QemuCaps): void {
  const { cpu } = def;
  if (cpu === undefined) return;
  const mode = cpu.mode ?? "custom";
  if (mode === "custom" && cpu.model === undefined) return;
  // A vector length means the extension it belongs to.
  const hasVectors = cpu.features.some(({ name, policy }) => /^sve\d+$/.test(name) && policy === "require");
  if (caps.arch === "aarch64" && hasVectors && !cpu.features.some(({ name }) => name === "sve")) {
    cpu.features.push({ name: "sve", policy: "require" });
  }
  if (
    (mode === "host-passthrough" || mode === "maximum") &&
    caps.flags.has("cpu.migratable") &&
    isX86(caps.arch)
  ) {
    cpu.migratable ??= mode === "host-passthrough" ? true : undefined;
  }
  if (cpu.check !== undefined) return;
  if (mode === "host-model") cpu.check = "partial";
  else if (mode === "custom") cpu.check = def.type === "qemu" ? "none" : "partial";
  else cpu.check = "none";
}
