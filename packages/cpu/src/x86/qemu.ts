import type { X86Data } from "./decode.ts";
import { type X86Feature, x86Map } from "./map.ts";

/** A property of a processor as QEMU tells it. */
export interface QemuProperty {
  name: string;
  value: unknown;
  /** Absent: QEMU does not tell. */
  migratable?: boolean;
}

/** A feature by the name QEMU uses, or by ours. */
export function featureOfQemu(name: string): X86Feature | undefined {
  const { byQemuName, features } = x86Map();
  return byQemuName.get(name) ?? features.get(name);
}

/** What QEMU calls a feature; it may be one only QEMU knows. */
export const qemuFeatureName = (name: string): string => x86Map().features.get(name)?.qemuName ?? name;

/**
 * A processor out of the properties of a model QEMU expanded.
 * @param migratable leave out what hinders migration
 */
export function readQemuProperties(properties: readonly QemuProperty[], migratable = false): X86Data {
  let features = 0n;
  let vendor: string | undefined;
  const numbers: Record<string, number> = {};
  for (const property of properties) {
    const { name, value } = property;
    if (value === true && !(migratable && property.migratable === false)) {
      features |= featureOfQemu(name)?.bit ?? 0n;
    } else if (typeof value === "number") numbers[name] = value;
    else if (name === "vendor" && typeof value === "string") vendor = value;
  }
  const { family = 0, model = 0, stepping = 0 } = numbers;
  return {
    features,
    ...(vendor !== undefined && { vendor }),
    ...((family !== 0 || model !== 0) && { signature: { family, model, stepping } }),
  };
}
