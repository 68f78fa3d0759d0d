import {
  deviceProperties,
  machineProperties,
  objectProperties,
  optionFlags,
  ruleFlags,
  schemaFlags,
  tpmModelFlags,
  tpmTypeFlags,
  typeFlags,
} from "./flag-sources.ts";
import type { CapsFlag } from "./flags.ts";
import { probeHostCpu, probeHyperv } from "./probe-cpu.ts";
import {
  type AcceleratorCaps,
  acceleratorOf,
  type CpuDefinition,
  type GicCaps,
  type MachineType,
  pickPreferred,
  type QemuCaps,
  type SevCaps,
  type SgxCaps,
} from "./qemu-caps.ts";
import { indexSchema, querySchema, type SchemaEntity } from "./schema-query.ts";

/** The part of a QMP conversation the prober needs; after `qmp_capabilities`. */
export interface ProbeMonitor {
  /** @throws if QEMU answers with an error (`isCommandError` tells) */
  command(name: string, args?: Record<string, unknown>): Promise<unknown>;
}

export interface ProbeOptions {
  emulator: string;
  origin: QemuCaps["origin"];
  /** The answer of a command QEMU refused; other failures end the probe. */
  isCommandError(error: unknown): boolean;
  /** HVF is asked for by `-accel hvf`, there is no query for it. */
  hvf?: boolean;
}

/** A command that may be refused: then `undefined`. */
export type Ask = <T>(name: string, args?: Record<string, unknown>) => Promise<T | undefined>;

interface Named {
  name: string;
}

/**
 * Learns what a QEMU can do. The order of commands is that of libvirt 11.3, so that recorded conversations replay.
 * For a binary with KVM (or HVF) *and* TCG a second process needs {@link probeTcg}.
 */
export async function probe(monitor: ProbeMonitor, options: ProbeOptions): Promise<QemuCaps> {
  const ask = asker(monitor, options);
  const flags = new Set<CapsFlag>();
  const version = await ask<{ qemu: { major: number; minor: number; micro: number }; package?: string }>(
    "query-version",
  );
  const target = await ask<{ arch: string }>("query-target");
  const arch = archNames[target?.arch ?? ""] ?? target?.arch ?? "";
  const { major = 0, minor = 0, micro = 0 } = version?.qemu ?? {};
  const number = major * 1_000_000 + minor * 1000 + micro;

  const schema = indexSchema((await ask<SchemaEntity[]>("query-qmp-schema")) ?? []);
  for (const [path, flag] of schemaFlags) if (querySchema(schema, path)) flags.add(flag);
  for (const [flag, rule] of ruleFlags) if (rule(arch, number)) flags.add(flag);
  const kvm = await ask<{ enabled: boolean; present: boolean }>("query-kvm");
  if (kvm?.enabled && kvm.present) flags.add("kvm");

  await probeTypes(ask, flags);
  if (options.hvf) flags.add("hvf");
  else flags.delete("hvf");
  const machines = await probeMachines(ask, flags, arch);
  const cpus = flags.has("query-cpu-definitions") ? await probeCpus(ask, arch) : [];
  if (cpus.some((cpu) => cpu.name === "max")) flags.add("cpu-max");
  await probeOptions(ask, flags);

  const gic = arch === "aarch64" || arch === "armv7l" ? await probeGic(ask) : [];
  const sev = await probeSev(ask, flags);
  const sgx = await probeSgx(ask, flags);

  const accelerated = flags.has("kvm") || flags.has("hvf");
  const accel: AcceleratorCaps = { cpus, machines };
  const hostCpu = await probeHostCpu(ask, flags, arch, "host");
  if (hostCpu !== undefined) accel.hostCpu = hostCpu;
  const hyperv = await probeHyperv(ask, flags, arch);

  return {
    emulator: options.emulator,
    arch,
    version: number,
    ...(version?.package !== undefined ? { package: version.package } : {}),
    microcodeVersion: 0,
    flags,
    accel: { [accelerated ? acceleratorOf(flags.has("kvm") ? "kvm" : "hvf") : "tcg"]: accel },
    gic,
    ...(sev ? { sev } : {}),
    ...(sgx ? { sgx } : {}),
    ...(hyperv ? { hyperv } : {}),
    origin: options.origin,
  };
}

/** The second, short probe of a QEMU started with `accel=tcg`. */
export async function probeTcg(
  monitor: ProbeMonitor,
  caps: QemuCaps,
  options: Pick<ProbeOptions, "isCommandError">,
): Promise<AcceleratorCaps> {
  const ask = asker(monitor, options);
  const cpus = caps.flags.has("query-cpu-definitions") ? await probeCpus(ask, caps.arch) : [];
  const hostCpu = await probeHostCpu(ask, caps.flags, caps.arch, "max");
  return { cpus, ...(hostCpu ? { hostCpu } : {}), machines: await queryMachines(ask, caps.arch) };
}

/** Does the binary need {@link probeTcg} beside what was learned? */
export const needsTcgProbe = (caps: QemuCaps): boolean =>
  caps.accel.tcg === undefined && caps.flags.has("tcg");

function asker(monitor: ProbeMonitor, { isCommandError }: Pick<ProbeOptions, "isCommandError">): Ask {
  return async <T>(name: string, args?: Record<string, unknown>) => {
    try {
      return (await monitor.command(name, args)) as T; // QMP answers have the shape QEMU's schema gives them
    } catch (error) {
      if (isCommandError(error)) return undefined;
      throw error;
    }
  };
}

/** QEMU's target names where libvirt's differ. */
const archNames: Readonly<Record<string, string>> = { i386: "i686", arm: "armv7l" };

async function probeTypes(ask: Ask, flags: Set<CapsFlag>) {
  const types = new Set((await ask<Named[]>("qom-list-types"))?.map((t) => t.name));
  for (const [type, flag] of typeFlags) if (types.has(type)) flags.add(flag);
  for (const [command, sources] of [
    ["device-list-properties", deviceProperties],
    ["qom-list-properties", objectProperties],
  ] as const) {
    for (const { type, requires, flags: found } of sources) {
      if (requires !== undefined && !flags.has(requires)) continue;
      const answer = await ask<(Named & { "default-value"?: unknown })[]>(command, { typename: type });
      const properties = new Map(answer?.map((p) => [p.name, p]));
      for (const [property, flag] of found) if (properties.has(property)) flags.add(flag);
      if (type === "virtio-blk-pci" && properties.get("scsi")?.["default-value"] === false) {
        flags.add("virtio-blk-pci.scsi.default.disabled");
      }
    }
  }
}

interface MachineInfo {
  name: string;
  alias?: string;
  "is-default"?: boolean;
  "hotpluggable-cpus"?: boolean;
  "cpu-max"?: number;
  "default-cpu-type"?: string;
  "numa-mem-supported"?: boolean;
  "default-ram-id"?: string;
  deprecated?: boolean;
  acpi?: boolean;
}

/** The machine guests get without asking comes first; `none` is not a machine for guests. */
async function queryMachines(ask: Ask, arch: string): Promise<MachineType[]> {
  const machines: MachineType[] = [];
  for (const info of (await ask<MachineInfo[]>("query-machines")) ?? []) {
    if (info.name === "none") continue;
    const machine: MachineType = {
      name: info.name,
      ...(info.alias === undefined ? {} : { alias: info.alias }),
      isDefault: info["is-default"] ?? false,
      hotplugCpus: info["hotpluggable-cpus"] ?? false,
      maxCpus: info["cpu-max"] ?? 0,
      ...(info["default-cpu-type"] === undefined ? {} : { defaultCpu: info["default-cpu-type"] }),
      numaMemSupported: info["numa-mem-supported"] ?? true,
      ...(info["default-ram-id"] === undefined ? {} : { defaultRamId: info["default-ram-id"] }),
      deprecated: info.deprecated ?? false,
      ...(info.acpi === undefined ? {} : { acpi: info.acpi }),
    };
    machines.push(machine);
  }
  const first = pickPreferred(machines, arch);
  return first === undefined ? machines : [first, ...machines.filter((m) => m !== first)];
}

async function probeMachines(ask: Ask, flags: Set<CapsFlag>, arch: string): Promise<MachineType[]> {
  const machines = await queryMachines(ask, arch);
  for (const { machine, requires, flags: found } of machineProperties) {
    if (requires !== undefined && !requires(arch)) continue;
    const abstract = requires !== undefined || machine === "none";
    const canonical =
      machines.find((m) => m.alias === machine)?.name ?? machines.find((m) => m.name === machine)?.name;
    if (canonical === undefined && !abstract) continue;
    const answer = await ask<Named[]>("qom-list-properties", { typename: `${canonical ?? machine}-machine` });
    const names = new Set(answer?.map((p) => p.name));
    for (const [property, flag] of found) if (names.has(property)) flags.add(flag);
  }
  return machines;
}

interface CpuInfo {
  name: string;
  typename?: string;
  "unavailable-features"?: string[];
  deprecated?: boolean;
}

async function probeCpus(ask: Ask, arch: string): Promise<CpuDefinition[]> {
  const answer = (await ask<CpuInfo[]>("query-cpu-definitions")) ?? [];
  return answer.map(({ name, typename, deprecated, "unavailable-features": blockers }) => ({
    name: arch.startsWith("ppc64") ? name.replace(/^power(?=([6-9]|1\d)$)/, "POWER") : name,
    ...(typename ? { typename } : {}),
    ...(blockers === undefined ? {} : { usable: blockers.length === 0 }),
    blockers: blockers ?? [],
    deprecated: deprecated ?? false,
  }));
}

async function probeOptions(ask: Ask, flags: Set<CapsFlag>) {
  for (const [command, found] of [
    ["query-tpm-models", tpmModelFlags],
    ["query-tpm-types", tpmTypeFlags],
  ] as const) {
    for (const name of (await ask<string[]>(command)) ?? []) {
      const flag = found[name];
      if (flag !== undefined) flags.add(flag);
    }
  }
  const options = new Map(
    (await ask<{ option: string; parameters: Named[] }[]>("query-command-line-options"))?.map((o) => [
      o.option,
      new Set(o.parameters.map((p) => p.name)),
    ]),
  );
  for (const [option, parameter, flag] of optionFlags) {
    const parameters = options.get(option);
    if (parameters !== undefined && (parameter === undefined || parameters.has(parameter))) flags.add(flag);
  }
  await ask("query-migrate-capabilities");
}

async function probeGic(ask: Ask): Promise<GicCaps[]> {
  return (
    (await ask<GicCaps[]>("query-gic-capabilities"))?.map(({ version, kernel, emulated }) => ({
      version,
      kernel,
      emulated,
    })) ?? []
  );
}

/** The types exist in every x86 QEMU; only the host decides whether they work. */
async function probeSev(ask: Ask, flags: Set<CapsFlag>): Promise<SevCaps | undefined> {
  if (!flags.has("sev-guest")) return undefined;
  const answer = await ask<{
    pdh: string;
    "cert-chain": string;
    "cpu0-id"?: string;
    cbitpos: number;
    "reduced-phys-bits": number;
  }>("query-sev-capabilities");
  if (answer === undefined) {
    flags.delete("sev-guest");
    flags.delete("sev-snp-guest");
    return undefined;
  }
  return {
    pdh: answer.pdh,
    certChain: answer["cert-chain"],
    ...(answer["cpu0-id"] === undefined ? {} : { cpu0Id: answer["cpu0-id"] }),
    cbitpos: answer.cbitpos,
    reducedPhysBits: answer["reduced-phys-bits"],
  };
}

async function probeSgx(ask: Ask, flags: Set<CapsFlag>): Promise<SgxCaps | undefined> {
  if (!flags.has("sgx-epc")) return undefined;
  const answer = await ask<{
    sgx: boolean;
    sgx1: boolean;
    sgx2: boolean;
    flc: boolean;
    "section-size"?: number;
    sections?: { node: number; size: number }[];
  }>("query-sgx-capabilities");
  if (answer === undefined || !answer.sgx) {
    flags.delete("sgx-epc");
    return undefined;
  }
  const sections = (answer.sections ?? []).map(({ node, size }) => ({ node, sizeKiB: BigInt(size) / 1024n }));
  const total = answer["section-size"];
  return {
    flc: answer.flc,
    sgx1: answer.sgx1,
    sgx2: answer.sgx2,
    sectionSizeKiB:
      total === undefined ? sections.reduce((sum, s) => sum + s.sizeKiB, 0n) : BigInt(total) / 1024n,
    sections,
  };
}
