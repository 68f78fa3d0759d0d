import type { Cpu } from "@libvirt-ts/conf/domain";
import {
  type CpuModel,
  cpuArch,
  decode,
  guestOfModel,
  modelOfGuest,
  readQemuProperties,
  type UsableModel,
  withFeatures,
} from "@libvirt-ts/cpu";
import { type AcceleratorCaps, acceleratorOf, type CpuDefinition, type QemuCaps } from "../caps/qemu-caps.ts";
import { isX86 } from "../device/parts.ts";

/** The processor of this machine. */
export interface HostProcessor {
  /** libvirt's word for the architecture. */
  arch: string;
  /** Its features as a model for guests. @param models those an emulator has; absent: all that are known */
  describe(models?: readonly UsableModel[]): CpuModel | undefined;
  /** As what it is: a model that has no feature less. */
  itself(): CpuModel | undefined;
  /** Its time stamp counter: cycles a second, and whether guests can have another speed. Absent: not told, or not steady. */
  counter?(): { hertz: number; scaling: boolean } | undefined;
  /** Width of physical addresses; 0: not told. */
  physicalBits: number;
  /** Absent: not told. */
  microcode?: number;
}

/** What a guest can have of the host's processor, three times. */
export interface HostModels {
  /** As `domcapabilities` shows it. */
  reported: Cpu;
  /** What guests get: without features that hinder migration. */
  migratable: Cpu;
  /** Everything the host has, whatever QEMU makes of it: what guests are checked against. */
  full: Cpu;
}

const known = new WeakMap<HostProcessor, WeakMap<AcceleratorCaps, HostModels | null>>();

/**
 * The model nearest to the host's processor that an emulator can give to guests. Found once for each emulator.
 * @param virtType `<domain type=…>`
 * @returns `undefined` when there is none: the guest's architecture is foreign, or models mean nothing there
 */
export function hostModels(caps: QemuCaps, virtType: string, host: HostProcessor): HostModels | undefined {
  const accel = caps.accel[acceleratorOf(virtType)];
  if (accel === undefined) return undefined;
  const ofHost = known.get(host) ?? new WeakMap<AcceleratorCaps, HostModels | null>();
  known.set(host, ofHost);
  let models = ofHost.get(accel);
  if (models === undefined) {
    models = findModels(caps, accel, { host, isAccelerated: acceleratorOf(virtType) !== "tcg" }) ?? null;
    ofHost.set(accel, models);
  }
  return models ?? undefined;
}

interface Place {
  host: HostProcessor;
  isAccelerated: boolean;
}

function findModels(caps: QemuCaps, accel: AcceleratorCaps, place: Place): HostModels | undefined {
  const { host, isAccelerated } = place;
  if (!isNative(host.arch, caps.arch)) return undefined;
  const reported = toldByQemu(caps.arch, accel, false) ?? probed(host, accel);
  if (reported === undefined) return undefined;
  if (isAccelerated && host.physicalBits > 0)
    reported.maxphysaddr = { mode: "passthrough", limit: host.physicalBits };
  const migratable = toldByQemu(caps.arch, accel, true) ?? withoutObstacles(caps.arch, reported);
  return { reported, migratable, full: isAccelerated ? fullModel(host, reported) : reported };
}

/** Whether a host's processor can run the guest's instructions itself. */
export const isNative = (hostArch: string, guestArch: string): boolean =>
  hostArch === guestArch || narrower[hostArch] === guestArch;

const narrower: Readonly<Record<string, string>> = {
  x86_64: "i686",
  aarch64: "armv7l",
  ppc64: "ppc64le",
  ppc64le: "ppc64",
};

export const usableModels = ({ cpus }: AcceleratorCaps): UsableModel[] =>
  cpus.map(({ name, blockers }: CpuDefinition) => ({ name, blockers }));

/** @param migratable without what QEMU says cannot migrate */
function toldByQemu(arch: string, accel: AcceleratorCaps, migratable: boolean): Cpu | undefined {
  const { hostCpu } = accel;
  if (hostCpu === undefined) return undefined;
  if (isX86(arch)) {
    const data = readQemuProperties(hostCpu.properties, migratable);
    return guestOfModel(decode(data, { as: "guest", models: usableModels(accel) }), "forbid");
  }
  if (!arch.startsWith("s390")) return undefined;
  const features = hostCpu.properties.flatMap((property): Cpu["features"] =>
    typeof property.value !== "boolean" || (migratable && property.migratable === false)
      ? []
      : [{ name: property.name, policy: property.value ? "require" : "disable" }],
  );
  return guestOfModel({ model: hostCpu.model, features }, "forbid");
}

/** What hardware shows but QEMU never gives to a guest by name. */
const notForGuests: ReadonlySet<string> = new Set(["cmt", "mbm_total", "mbm_local", "osxsave", "ospke"]);

function probed(host: HostProcessor, accel: AcceleratorCaps): Cpu | undefined {
  const models = host.arch.startsWith("ppc64") ? undefined : usableModels(accel);
  const found = host.describe(models);
  return found?.model === undefined ? undefined : forGuests(found);
}

/** A described host as something guests can have. */
export const forGuests = (model: CpuModel): Cpu =>
  guestOfModel({ ...model, features: model.features.filter(({ name }) => !notForGuests.has(name)) });

function withoutObstacles(arch: string, cpu: Cpu): Cpu {
  const safe = cpuArch(arch)?.migratable?.(modelOfGuest(cpu));
  return safe === undefined ? cpu : { ...cpu, features: [...safe.features] };
}

/** Some features have no bit in hardware: what QEMU offers beyond it counts as well. */
function fullModel(host: HostProcessor, reported: Cpu): Cpu {
  const model = host.describe();
  if (model?.model === undefined) return reported;
  const full = guestOfModel(model);
  const offered = reported.features.filter(({ policy }) => policy === "require");
  return { ...full, features: withFeatures(full.features, offered) };
}

/** Models for guests when the host is described by hand. */
export function describedModels(model: CpuModel, arch: string): HostModels {
  const reported = forGuests(model);
  return { reported, migratable: withoutObstacles(arch, reported), full: reported };
}
