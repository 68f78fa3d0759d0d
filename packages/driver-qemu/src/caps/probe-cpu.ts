import type { CapsFlag } from "./flags.ts";
import type { Ask } from "./probe.ts";
import type { CpuProperty, HostCpuModel } from "./qemu-caps.ts";

interface Model {
  name: string;
  props?: Record<string, unknown>;
}
interface Expansion {
  model: Model;
  "deprecated-props"?: string[];
}

const isX86 = (arch: string) => arch === "x86_64" || arch === "i686";
const isArm = (arch: string) => arch === "aarch64" || arch === "armv7l";

/**
 * Expands `host` (accelerated) or `max` (TCG). On x86 a second expansion with `migratable: false` shows what exists
 * but may not migrate.
 */
export async function probeHostCpu(
  ask: Ask,
  flags: ReadonlySet<CapsFlag>,
  arch: string,
  model: "host" | "max",
): Promise<HostCpuModel | undefined> {
  if (!flags.has("query-cpu-model-expansion")) return undefined;
  const safe = await expand(ask, flags, arch, { name: model });
  const result = (from: Expanded, properties: CpuProperty[], migratability: boolean): HostCpuModel => ({
    model: from.model.name,
    migratability,
    properties,
    ...(from.deprecated && { deprecatedFeatures: from.deprecated }),
  });
  if (!flags.has("cpu.migratable")) return safe && result(safe, propertiesOf(safe.model), false);
  const all = await expand(ask, flags, arch, { name: model, props: { migratable: false } });
  if (safe === undefined || all === undefined) return safe && result(safe, propertiesOf(safe.model), false);
  const migrates = new Map(propertiesOf(safe.model).map((p) => [p.name, p.value]));
  const properties = propertiesOf(all.model).map(
    (p): CpuProperty =>
      p.value === true && migrates.has(p.name) ? { ...p, migratable: migrates.get(p.name) === true } : p,
  );
  return result(all, properties, true);
}

interface Expanded {
  model: Model;
  deprecated?: string[];
}

async function expand(
  ask: Ask,
  flags: ReadonlySet<CapsFlag>,
  arch: string,
  model: Model,
): Promise<Expanded | undefined> {
  const expansion = (type: "static" | "full", what: Model) =>
    ask<Expansion>("query-cpu-model-expansion", { type, model: what });
  if (isArm(arch)) return expansion("full", model);
  const base = await expansion("static", model);
  if (base !== undefined && isX86(arch) && !flags.has("canonical-cpu-features"))
    return expansion("full", base.model);
  if (base === undefined || !flags.has("query-cpu-model-expansion.deprecated-props")) return base;
  const deprecated = (await expansion("full", model))?.["deprecated-props"];
  return { model: base.model, ...(deprecated && { deprecated }) };
}

function propertiesOf(model: Model): CpuProperty[] {
  const properties: CpuProperty[] = [];
  for (const [name, value] of Object.entries(model.props ?? {})) {
    if (typeof value === "boolean" || typeof value === "number" || typeof value === "string")
      properties.push({ name, value });
  }
  return properties;
}

/** QEMU property → name in `<hyperv>`, in the order they are stored. */
const hypervFeatures: readonly (readonly [property: string, feature: string])[] = [
  ["hv-relaxed", "relaxed"],
  ["hv-vapic", "vapic"],
  ["hv-spinlocks", "spinlocks"],
  ["hv-vpindex", "vpindex"],
  ["hv-runtime", "runtime"],
  ["hv-synic", "synic"],
  ["hv-stimer", "stimer"],
  ["hv-reset", "reset"],
  ["hv-vendor-id", "vendor_id"],
  ["hv-frequencies", "frequencies"],
  ["hv-reenlightenment", "reenlightenment"],
  ["hv-tlbflush", "tlbflush"],
  ["hv-ipi", "ipi"],
  ["hv-evmcs", "evmcs"],
  ["hv-avic", "avic"],
  ["hv-emsr-bitmap", "emsr_bitmap"],
  ["hv-xmm-input", "xmm_input"],
];

/** @returns names of the enlightenments KVM offers; `undefined` if it cannot be told */
export async function probeHyperv(
  ask: Ask,
  flags: ReadonlySet<CapsFlag>,
  arch: string,
): Promise<string[] | undefined> {
  if (!flags.has("query-cpu-model-expansion")) return undefined;
  if (!isArm(arch) && !(isX86(arch) && flags.has("cpu.migratable"))) return undefined;
  const answer = await ask<Expansion>("query-cpu-model-expansion", {
    type: "full",
    model: { name: "host", props: { migratable: false, "hv-passthrough": true } },
  });
  const props = answer?.model.props;
  if (props === undefined) return undefined;
  if (!hypervFeatures.some(([property]) => property in props && property !== "hv-vendor-id"))
    return undefined;
  const offered = hypervFeatures.filter(([property]) => offers(props[property]));
  return offered.map(([, feature]) => feature);
}

/** Numbers (retries) and strings (vendor id) are parameters of something that exists. */
const offers = (value: unknown) => value === true || typeof value === "number" || typeof value === "string";
