import type { Candidate, Comparison, CpuModel } from "../types.ts";
import type { FeatureSet } from "./map.ts";
import { featuresOf, list, mentioned, modelNamed } from "./sets.ts";

const incompatible = (why: string): Comparison => ({ result: "incompatible", why });
const architectures = ["x86_64", "i686"];

/** Whether a host can be, or can provide, the other processor. */
export function compare(host: CpuModel | undefined, cpu: Candidate): Comparison {
  if (cpu.arch !== undefined && !architectures.includes(cpu.arch))
    return incompatible(`CPU arch ${cpu.arch} does not match host arch`);
  if (host?.model === undefined) return incompatible("unknown host CPU");
  if (cpu.vendor !== undefined && cpu.vendor !== host.vendor)
    return incompatible(`host CPU vendor does not match required CPU vendor ${cpu.vendor}`);
  const has = featuresOf(host);
  const forbidden = mentioned(cpu, "forbid") & has;
  if (forbidden !== 0n) return incompatible(`Host CPU provides forbidden features: ${names(forbidden)}`);
  const force = mentioned(cpu, "force");
  const optional = mentioned(cpu, "optional");
  const disabled = mentioned(cpu, "disable");
  const inModel = cpu.model === undefined ? 0n : modelNamed(cpu.model).features;
  const required = (inModel | mentioned(cpu, "require")) & ~force & ~optional & ~disabled;
  const missing = required & ~has;
  if (missing !== 0n) return incompatible(`Host CPU does not provide required features: ${names(missing)}`);
  const extra = has & ~(required | optional | disabled | force);
  if (extra === 0n) return { result: "identical" };
  if (cpu.match === "strict")
    return incompatible(`Host CPU does not strictly match guest CPU: Extra features: ${names(extra)}`);
  return { result: "superset" };
}

const names = (set: FeatureSet) =>
  list(set, "require")
    .map(({ name }) => name)
    .join(", ");
