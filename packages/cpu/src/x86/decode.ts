import { ErrorCode } from "@libvirt-ts/errors";
import { cpuError, modelNotSupported } from "../errors.ts";
import { withMissing } from "../features.ts";
import type { CpuFeature, CpuModel, Signature, UsableModel } from "../types.ts";
import { type FeatureSet, vendorStrings, type X86Model, x86Map } from "./map.ts";
import { list } from "./sets.ts";

/** What a processor shows of itself. */
export interface X86Data {
  features: FeatureSet;
  /** Twelve letters. */
  vendor?: string;
  signature?: Signature;
}

export interface DecodeOptions {
  /** A host's own model, or one a guest is given. */
  as: "host" | "guest";
  /** Only these may be chosen. */
  models?: readonly UsableModel[] | undefined;
  /** Chosen if it fits. */
  preferred?: string | undefined;
  /** Fail if the preferred model is not among the usable ones. */
  insist?: boolean;
  /** Models that come first if fewer of their features must be taken away. */
  favoured?: ReadonlySet<string>;
  /** Leave out features that hinder migration. */
  migratable?: boolean;
}

interface Fit {
  model: X86Model;
  features: CpuFeature[];
}

/** The known model that describes a processor best. @throws VirError if none does */
export function decode(data: X86Data, options: DecodeOptions): CpuModel {
  const { models, preferred, favoured, insist = false } = options;
  const vendor = Object.keys(vendorStrings).find((name) => vendorStrings[name] === data.vendor);
  const features = data.features & ~brokenTransactions(vendor, data.signature);
  const usable = models && new Map(models.map((model) => [model.name, model]));
  if (insist && preferred !== undefined && usable?.has(preferred) === false)
    throw modelNotSupported(preferred);
  let best: Fit | undefined;
  // Newer models first: among equals the newest wins.
  for (const model of [...x86Map().models.values()].reverse()) {
    if (!model.mayDescribe[options.as] || (usable !== undefined && !usable.has(model.name))) continue;
    if (vendor !== undefined && model.vendor !== undefined && vendor !== model.vendor) continue;
    const fit = describe(model, features, usable?.get(model.name)?.blockers ?? []);
    // A host is what it is: its model cannot have more.
    if (options.as === "host" && fit.features.some(({ policy }) => policy === "disable")) continue;
    if (model.name === preferred) {
      best = fit;
      break;
    }
    if (best === undefined || isBetter(fit, best, { signature: data.signature, favoured })) best = fit;
  }
  if (best === undefined) {
    throw cpuError(ErrorCode.INTERNAL_ERROR, "Cannot find suitable CPU model for given data");
  }
  const { migratable = false } = options;
  // What older releases counted as part of the model is mentioned either way.
  if (options.as === "guest") best.features = withMissing(best.features, best.model.removed, "disable");
  return {
    model: best.model.name,
    ...(vendor !== undefined && { vendor }),
    ...(data.signature && { signature: data.signature }),
    features: migratable ? best.features.filter(({ name }) => isMigratable(name)) : best.features,
  };
}

const isMigratable = (name: string) => x86Map().features.get(name)?.migratable !== false;

function describe(model: X86Model, features: FeatureSet, blockers: readonly string[]): Fit {
  const { byQemuName, features: known } = x86Map();
  const extra = features & ~model.features;
  // The hypervisor's model may have features ours does not know of.
  let missing = model.features & ~features;
  for (const name of blockers) missing |= (byQemuName.get(name) ?? known.get(name))?.bit ?? 0n;
  return { model, features: [...list(extra, "require"), ...list(missing & ~extra, "disable")] };
}

interface Wish {
  signature: Signature | undefined;
  favoured: ReadonlySet<string> | undefined;
}

/** A model of the same family and number wins, then the one that needs fewer words. */
function isBetter(fit: Fit, best: Fit, { signature, favoured }: Wish): boolean {
  if (signature !== undefined) {
    const fits = hasSignature(fit.model, signature);
    if (fits !== hasSignature(best.model, signature)) return fits;
  }
  const mine = weigh(fit);
  const other = weigh(best);
  if (favoured?.has(fit.model.name) && mine.disabled < other.disabled) return true;
  return mine.weight < other.weight || (mine.weight === other.weight && mine.disabled < other.disabled);
}

/** A feature that is taken away counts twice: guests rely on models being whole. */
function weigh({ features }: Fit): { weight: number; disabled: number } {
  const disabled = features.filter(({ policy }) => policy === "disable").length;
  return { weight: features.length + disabled, disabled };
}

export const hasSignature = ({ signatures }: X86Model, { family, model, stepping }: Signature): boolean =>
  signatures.some(
    (s) => s.family === family && s.model === model && s.first <= stepping && stepping <= s.last,
  );

/** Haswells whose transactional memory was switched off by microcode still show it. */
function brokenTransactions(vendor: string | undefined, signature: Signature | undefined): FeatureSet {
  if (vendor !== "Intel" || signature?.family !== 6) return 0n;
  const { model, stepping } = signature;
  if (!([60, 69, 70].includes(model) || (model === 63 && stepping < 4))) return 0n;
  const { features } = x86Map();
  return (features.get("hle")?.bit ?? 0n) | (features.get("rtm")?.bit ?? 0n);
}
