import type { CpuModelCapability, DomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { cpuArch, featureOfQemu } from "@libvirt-ts/cpu";
import { acceleratorOf, type CpuDefinition, type QemuCaps } from "../caps/qemu-caps.ts";
import { type CpuMode, isModeSupported } from "../cpu/modes.ts";
import { enumeration } from "./choices.ts";
import { type DomainCapabilitiesRequest, has, isX86, type Value } from "./request.ts";

type Mode = NonNullable<DomainCapabilities["cpu"]>["modes"][number];
/** What can be chosen of a mode that is supported. */
type Details = (request: DomainCapabilitiesRequest) => Partial<Mode>;

const choice =
  (name: string, values: readonly Value[]): Details =>
  (request) => ({ enums: [enumeration(name, values, request)] });
const canMigrate: Value = ["on", (request) => isX86(request) && has("cpu.migratable")(request)];

/** What each mode offers, in libvirt's order. */
const modes: readonly (readonly [mode: CpuMode, details: Details])[] = [
  ["host-passthrough", choice("hostPassthroughMigratable", [canMigrate, "off"])],
  ["maximum", choice("maximumMigratable", ["on", "off"])],
  ["host-model", hostModel],
  ["custom", (request) => ({ models: customModels(request) })],
];

/** `<cpu>` of the capabilities of a guest: the ways to choose a processor. */
export const cpuModes = (request: DomainCapabilitiesRequest): Mode[] =>
  modes.map(([name, details]): Mode => {
    const supported = isModeSupported(name, request);
    return { name, supported, enums: [], features: [], ...(supported && details(request)) };
  });

function hostModel({ models }: DomainCapabilitiesRequest): Partial<Mode> {
  if (models === undefined) return {};
  const { model, vendor, maxphysaddr, features } = models.reported;
  return {
    models: [{ fallback: model?.fallback ?? "allow", name: model?.name ?? "" }],
    vendor,
    maxphysaddr: maxphysaddr && { mode: maxphysaddr.mode, limit: maxphysaddr.limit },
    features: features.map(({ name, policy }) => ({ name, policy })),
  };
}

function customModels({ caps, virtType }: DomainCapabilitiesRequest): CpuModelCapability[] {
  const arch = cpuArch(caps.arch);
  return modelsOf(caps, virtType).map(({ name, usable, deprecated, blockers }): CpuModelCapability => {
    const features = [...new Set(blockers.map((each) => featureOfQemu(each)?.name ?? each))].sort();
    return {
      name,
      usable: usable === undefined ? "unknown" : usable ? "yes" : "no",
      deprecated: deprecated || undefined,
      vendor: arch?.vendorOf?.(name) ?? "unknown",
      canonical: arch?.canonicalOf?.(name),
      ...(usable === false && { blockers: features }),
    };
  });
}

/** Processor models a guest can be given, by name. */
export function modelsOf(caps: QemuCaps, virtType: string): CpuDefinition[] {
  const known = cpuArch(caps.arch)?.models?.();
  const all = caps.accel[acceleratorOf(virtType)]?.cpus ?? [];
  return all
    .filter(({ name }) => name !== "host" && (known?.includes(name) ?? true))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
