import { unknownFeature, unknownModel } from "../errors.ts";
import type { CpuFeature, CpuModel, Policy } from "../types.ts";
import { type FeatureSet, type X86Feature, type X86Model, x86Map } from "./map.ts";

/** @throws VirError "Unknown CPU model NAME" */
export function modelNamed(name: string): X86Model {
  const model = x86Map().models.get(name);
  if (model === undefined) throw unknownModel(name);
  return model;
}

/** @throws VirError "Unknown CPU feature NAME" */
export function featureNamed(name: string): X86Feature {
  const feature = x86Map().features.get(name);
  if (feature === undefined) throw unknownFeature(name);
  return feature;
}

export const includes = (set: FeatureSet, part: FeatureSet): boolean => (set & part) === part;

/** What the processor has in the end: its model's features, more and fewer. */
export function featuresOf({ model, features }: CpuModel): FeatureSet {
  let set = model === undefined ? 0n : modelNamed(model).features;
  for (const { name, policy } of features) {
    if (policy === "require" || policy === "force") set |= featureNamed(name).bit;
    else if (policy !== "optional") set &= ~featureNamed(name).bit;
  }
  return set;
}

/** The features that are mentioned with a policy. */
export function mentioned({ features }: CpuModel, policy: Policy): FeatureSet {
  let set = 0n;
  for (const feature of features) if (feature.policy === policy) set |= featureNamed(feature.name).bit;
  return set;
}

/** Members of a set in the table's order. */
export function list(set: FeatureSet, policy: Policy): CpuFeature[] {
  const found: CpuFeature[] = [];
  for (const { name, bit } of x86Map().features.values())
    if ((set & bit) !== 0n) found.push({ name, policy });
  return found;
}
