import type { CapsFlag } from "./flags.ts";

/** `tcg` also stands for domain type `qemu`. */
export type Accelerator = "kvm" | "hvf" | "tcg";

export interface CpuProperty {
  name: string;
  value: boolean | number | string;
  /** Absent: QEMU said nothing about migratability. */
  migratable?: boolean;
}

/** What `host` (or `max` for TCG) expands to. */
export interface HostCpuModel {
  model: string;
  /** The `migratable` mark of properties can be trusted. */
  migratability: boolean;
  properties: CpuProperty[];
  /** Absent: QEMU does not tell. */
  deprecatedFeatures?: string[];
}

export interface CpuDefinition {
  name: string;
  typename?: string;
  /** Absent: QEMU cannot tell. */
  usable?: boolean;
  blockers: string[];
  deprecated: boolean;
  vendor?: string;
}

export interface MachineType {
  name: string;
  alias?: string;
  isDefault: boolean;
  hotplugCpus: boolean;
  maxCpus: number;
  /** QOM type name, e.g. `qemu64-x86_64-cpu`. */
  defaultCpu?: string;
  numaMemSupported: boolean;
  defaultRamId?: string;
  deprecated: boolean;
  /** Absent: QEMU does not tell. */
  acpi?: boolean;
}

export interface AcceleratorCaps {
  hostCpu?: HostCpuModel;
  cpus: CpuDefinition[];
  machines: MachineType[];
}

export interface SevCaps {
  pdh: string;
  certChain: string;
  cpu0Id?: string;
  cbitpos: number;
  reducedPhysBits: number;
}

export interface SgxCaps {
  flc: boolean;
  sgx1: boolean;
  sgx2: boolean;
  sectionSizeKiB: bigint;
  sections: { node: number; sizeKiB: bigint }[];
}

export interface GicCaps {
  version: number;
  kernel: boolean;
  emulated: boolean;
}

/** What one QEMU binary can do; a value, shared by all guests using the binary. */
export interface QemuCaps {
  emulator: string;
  arch: string;
  /** 7_002_022 = 7.2.22 */
  version: number;
  package?: string;
  microcodeVersion: number;
  hostCpuSignature?: string;
  kernelVersion?: string;
  kvmVersion?: number;
  flags: ReadonlySet<CapsFlag>;
  accel: Partial<Record<Accelerator, AcceleratorCaps>>;
  gic: GicCaps[];
  sev?: SevCaps;
  sgx?: SgxCaps;
  /** Enlightenments KVM offers; absent: cannot be told. */
  hyperv?: string[];
  /** What the values were read from; decides whether a cached copy is still right. */
  origin: { binaryCtime: number; moduleDirMtime?: number; selfCtime: number; selfVersion: number };
}

export const hasFlag = (caps: QemuCaps, flag: CapsFlag): boolean => caps.flags.has(flag);

/** `domainType` as in `<domain type=…>`. */
export const acceleratorOf = (domainType: string): Accelerator =>
  domainType === "kvm" || domainType === "hvf" ? domainType : "tcg";

export function machinesOf(caps: QemuCaps, domainType: string): readonly MachineType[] {
  return caps.accel[acceleratorOf(domainType)]?.machines ?? [];
}

/** @param name canonical name or alias */
export function findMachine(caps: QemuCaps, domainType: string, name: string): MachineType | undefined {
  const machines = machinesOf(caps, domainType);
  return machines.find((m) => m.alias === name) ?? machines.find((m) => m.name === name);
}

const preferredByArch: Readonly<Record<string, string>> = {
  x86_64: "pc",
  i686: "pc",
  aarch64: "virt",
  armv7l: "virt",
  riscv64: "virt",
  riscv32: "virt",
  loongarch64: "virt",
};

/** The machine a definition without one gets: the usual one of the architecture, else QEMU's default. */
export function pickPreferred(machines: readonly MachineType[], arch: string): MachineType | undefined {
  const preferred = preferredByArch[arch];
  return (
    machines.find((m) => m.alias !== undefined && m.alias === preferred) ??
    machines.find((m) => m.name === preferred) ??
    machines.find((m) => m.isDefault)
  );
}

/** As {@link pickPreferred}; the list of a probed QEMU begins with it. */
export const preferredMachine = (caps: QemuCaps, domainType: string): MachineType | undefined =>
  machinesOf(caps, domainType)[0];

/**
 * Makes aliases the real names (`pc` instead of `pc-i440fx-10.0`): definitions then keep them over QEMU versions.
 * Each aliased machine takes its alias as name and leaves a copy with the canonical name at the end.
 */
export function stripMachineAliases(caps: QemuCaps): QemuCaps {
  const strip = (machines: readonly MachineType[]): MachineType[] => {
    const renamed: MachineType[] = [];
    const copies: MachineType[] = [];
    for (const { alias, ...machine } of machines) {
      if (alias === undefined) renamed.push(machine);
      else {
        renamed.push({ ...machine, name: alias });
        copies.push({ ...machine, isDefault: false });
      }
    }
    return [...renamed, ...copies];
  };
  const accel = Object.fromEntries(
    Object.entries(caps.accel).map(([name, a]) => [name, { ...a, machines: strip(a.machines) }]),
  );
  return { ...caps, accel };
}
