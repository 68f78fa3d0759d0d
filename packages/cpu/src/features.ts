import type { CpuFeature, Policy } from "./types.ts";

/** Some features' policies changed, others added, in the order they come. */
export function withFeatures<F extends CpuFeature>(
  features: readonly F[],
  changes: readonly CpuFeature[],
): CpuFeature[] {
  const merged = new Map<string, CpuFeature>(features.map((feature) => [feature.name, feature]));
  for (const { name, policy } of changes) merged.set(name, { ...merged.get(name), name, policy });
  return [...merged.values()];
}

/** Features added unless they are mentioned already. */
export function withMissing(
  features: readonly CpuFeature[],
  names: readonly string[],
  policy: Policy,
): CpuFeature[] {
  const known = new Set(features.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  return [...features, ...missing.map((name) => ({ name, policy }))];
}
