import type { Cpu } from "@libvirt-ts/conf/domain";
import { ErrorCode } from "@libvirt-ts/errors";
import { cpuError, modelNotSupported, unknownModel } from "./errors.ts";
import { guestOfModel } from "./guest-cpu.ts";
import { isUsable, withModel } from "./guest-model.ts";
import type { Candidate, Comparison, CpuArch, CpuModel } from "./types.ts";

/** Models, their vendor, and the upper halves of their version registers. */
const models: readonly (readonly [name: string, vendor: string, versions: readonly number[]])[] = [
  ["POWER6", "IBM", [0x003e]],
  ["POWER7", "IBM", [0x003f, 0x004a]],
  ["POWER8", "IBM", [0x004b, 0x004c, 0x004d]],
  ["POWER9", "IBM", [0x004e]],
  ["POWER10", "IBM", [0x0080]],
  ["POWERPC_e5500", "Freescale", [0x8024]],
  ["POWERPC_e6500", "Freescale", [0x8040]],
];

/** Names with a revision, as they once were written. */
const legacyNames: Readonly<Record<string, string>> = {
  "POWER7_v2.1": "POWER7",
  "POWER7_v2.3": "POWER7",
  "POWER7+_v2.1": "POWER7",
  "POWER8_v1.0": "POWER8",
};

const names = ["ppc64", "ppc64le"];
const incompatible = (why: string): Comparison => ({ result: "incompatible", why });

function known(name: string) {
  const found = models.find(([model]) => model === name);
  if (found === undefined) throw unknownModel(name);
  return found;
}

function compare(host: CpuModel | undefined, cpu: Candidate): Comparison {
  if (cpu.arch !== undefined && !names.includes(cpu.arch))
    return incompatible(`CPU arch ${cpu.arch} does not match host arch`);
  if (host?.model === undefined) return incompatible("unknown host CPU");
  if (cpu.vendor !== undefined && cpu.vendor !== host.vendor)
    return incompatible(`host CPU vendor does not match required CPU vendor ${cpu.vendor}`);
  const [hostModel] = known(host.model);
  if (cpu.mode === "host-model") return compareMode(hostModel, cpu.model);
  if (cpu.mode === "host-passthrough" || cpu.mode === "maximum") return { result: "identical" };
  if (cpu.model === undefined) return incompatible("no CPU model specified");
  const [model] = known(legacyNames[cpu.model] ?? cpu.model);
  return model === hostModel
    ? { result: "identical" }
    : incompatible("host CPU model does not match required CPU model");
}

/** Newer processors can behave like older ones: a guest names the generation, `power8`. */
function compareMode(hostModel: string, mode: string | undefined): Comparison {
  if (mode === undefined) return { result: "identical" };
  const wanted = /^power([1-9]\d*)$/.exec(mode)?.[1];
  const host = /^POWER([1-9]\d*)/.exec(hostModel)?.[1];
  if (wanted === undefined || host === undefined || Number(wanted) < 6)
    throw cpuError(ErrorCode.INTERNAL_ERROR, `Invalid compatibility mode ${mode}`);
  return Number(wanted) <= Number(host)
    ? { result: "identical" }
    : incompatible(`host CPU is older than ${mode}`);
}

function baseline(cpus: readonly CpuModel[]): Cpu {
  const [first] = cpus;
  if (first?.model === undefined) throw cpuError(ErrorCode.INVALID_ARG, "No CPUs given");
  const [model, vendor] = known(first.model);
  for (const cpu of cpus) {
    if (cpu.model === undefined || known(cpu.model)[0] !== model)
      throw cpuError(ErrorCode.INTERNAL_ERROR, "CPUs are incompatible");
    if (cpu.vendor !== undefined && cpu.vendor !== vendor)
      throw cpuError(
        ErrorCode.OPERATION_FAILED,
        `CPU vendor ${cpu.vendor} of model ${model} differs from vendor ${vendor}`,
      );
  }
  return guestOfModel({ model, features: [] }, "forbid");
}

const modernise = (guest: Cpu): Cpu => {
  const name = legacyNames[guest.model?.name ?? ""];
  return name === undefined || guest.model === undefined
    ? guest
    : { ...guest, model: { ...guest.model, name } };
};

export const ppc64: CpuArch = {
  names,
  models: () => models.map(([name]) => name),
  vendorOf: (name) => models.find(([model]) => model === name)?.[1],
  compare,
  baseline,
  modernise,
  // host-model stays: QEMU is told a compatibility mode.
  update: (guest, host) => (guest.match === "minimum" ? withModel(guest, host) : guest),
  translate(guest, usable) {
    const name = guest.model?.name;
    if (name === undefined || guest.mode !== "custom" || isUsable(name, usable)) return guest;
    throw modelNotSupported(name);
  },
};

/** The model of a version register. */
export const ppc64Model = (pvr: number): CpuModel | undefined => {
  const found = models.find(([, , versions]) => versions.includes(pvr >>> 16));
  return found && { model: found[0], vendor: found[1], features: [] };
};
