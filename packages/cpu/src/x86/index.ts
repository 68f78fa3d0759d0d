import type { CpuArch, CpuModel } from "../types.ts";
import { baseline, expand } from "./baseline.ts";
import { compare } from "./compare.ts";
import { translate, update } from "./guest.ts";
import { x86Map } from "./map.ts";
import { featureNamed, featuresOf } from "./sets.ts";

export const x86: CpuArch = {
  names: ["x86_64", "i686"],
  models: () => [...x86Map().models.keys()],
  compare,
  baseline,
  expand,
  update,
  translate,
  hasFeature: (cpu, feature) => (featuresOf(cpu) & featureNamed(feature).bit) !== 0n,
  checkFeatures(cpu) {
    for (const { name } of cpu.features) featureNamed(name);
  },
  comparesFeatures: (model) => x86Map().models.get(model)?.comparesFeatures ?? true,
  vendorOf: (model) => x86Map().models.get(model)?.vendor,
  canonicalOf(model) {
    for (const { name, versionOf } of x86Map().models.values()) if (versionOf === model) return name;
    return undefined;
  },
  migratable: (cpu: CpuModel) => ({
    ...cpu,
    features: cpu.features.filter(({ name }) => x86Map().features.get(name)?.migratable !== false),
  }),
};
