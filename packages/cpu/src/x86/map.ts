import { featureTable } from "./feature-table.ts";
import { modelTable } from "./model-table.ts";

/** Features as the bits of a number, in the order of the table: sets are joined with `|`, cut with `&`. */
export type FeatureSet = bigint;

export interface X86Feature {
  name: string;
  /** What QEMU calls it. */
  qemuName: string;
  /** The set that has only this. */
  bit: FeatureSet;
  /** Where hardware shows it: `7:0 ebx`, `msr 10a eax`. */
  register: string;
  /** Its bit there, as an unsigned 32-bit number. */
  mask: number;
  migratable: boolean;
}

/** A processor's `family/model`, in steppings from `first` to `last`. */
interface SignatureRange {
  family: number;
  model: number;
  first: number;
  last: number;
}

export interface X86Model {
  name: string;
  mayDescribe: { host: boolean; guest: boolean };
  /** A partial check compares its features with the host's instead of asking QEMU whether it can be used. */
  comparesFeatures: boolean;
  vendor?: string;
  signatures: SignatureRange[];
  features: FeatureSet;
  /** Features QEMU's model has as well, but that are younger than ours: they are listed beside it. */
  late: FeatureSet;
  /** Names of features that were dropped from it. */
  removed: string[];
  /** The model this is the versioned name of. */
  versionOf?: string;
}

/** What is known about x86 processors. */
export interface X86Map {
  features: ReadonlyMap<string, X86Feature>;
  /** By what QEMU calls them. */
  byQemuName: ReadonlyMap<string, X86Feature>;
  /** Older ones first. */
  models: ReadonlyMap<string, X86Model>;
}

/** Vendors and the twelve letters their processors say. */
export const vendorStrings: Readonly<Record<string, string>> = {
  Intel: "GenuineIntel",
  AMD: "AuthenticAMD",
  Hygon: "HygonGenuine",
};

let map: X86Map | undefined;

/** Read from the tables at the first use. */
export function x86Map(): X86Map {
  if (map === undefined) {
    const features = readFeatures();
    const byQemuName = new Map([...features.values()].map((feature) => [feature.qemuName, feature]));
    map = { features, byQemuName, models: readModels(features) };
  }
  return map;
}

function readFeatures(): Map<string, X86Feature> {
  const features = new Map<string, X86Feature>();
  for (const [register, names] of featureTable) {
    let at = 0;
    for (const word of names.split(" ")) {
      if (word.startsWith("@")) at = Number(word.slice(1));
      else if (word === ".") at++;
      else {
        const migratable = !word.endsWith("!");
        const [name = "", qemuName = name] = (migratable ? word : word.slice(0, -1)).split("=");
        const bit = 1n << BigInt(features.size);
        features.set(name, { name, qemuName, bit, register, mask: (1 << at++) >>> 0, migratable });
      }
    }
  }
  return features;
}

function readModels(features: ReadonlyMap<string, X86Feature>): Map<string, X86Model> {
  const bitOf = (name: string) => features.get(name)?.bit ?? 0n;
  const late = [...features.values()].reduce((set, f) => (f.name.startsWith("vmx-") ? set | f.bit : set), 0n);
  const models = new Map<string, X86Model>();
  for (const line of modelTable.trim().replaceAll(/\n +/g, " ").split("\n")) {
    const [name = "", uses = "", vendor, signatures = "", base = "", ...changes] = line.split(" ");
    if (uses.startsWith("=")) {
      const versionOf = uses.slice(1);
      const original = models.get(versionOf);
      if (original === undefined) throw new Error(`model table: ${name} is a version of nothing`);
      const mayDescribe = { host: true, guest: false };
      models.set(name, { ...original, name, versionOf, mayDescribe, comparesFeatures: false });
      continue;
    }
    const ofSign = (sign: string) => changes.filter((word) => word[0] === sign).map((word) => word.slice(1));
    const basis = models.get(base);
    let set = basis === undefined ? 0n : basis.features | basis.late;
    for (const added of ofSign("+")) set |= bitOf(added);
    for (const dropped of ofSign("-")) set &= ~bitOf(dropped);
    models.set(name, {
      name,
      mayDescribe: { host: uses.includes("h"), guest: uses.includes("g") },
      comparesFeatures: uses.includes("c"),
      ...(vendor !== undefined && vendor !== "-" && { vendor }),
      signatures: signatures === "-" ? [] : signatures.split(",").map(readSignature),
      features: uses.includes("v") ? set & ~late : set,
      late: uses.includes("v") ? set & late : 0n,
      removed: ofSign("~"),
    });
  }
  return models;
}

function readSignature(text: string): SignatureRange {
  const [family = "", model = "", steppings = "0-15"] = text.split("/");
  const [first = "", last = first] = steppings.split("-");
  return { family: Number(family), model: Number(model), first: Number(first), last: Number(last) };
}
