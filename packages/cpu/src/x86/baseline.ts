import type { Cpu } from "@libvirt-ts/conf/domain";
import { ErrorCode } from "@libvirt-ts/errors";
import { cpuError } from "../errors.ts";
import { withFeatures } from "../features.ts";
import { guestOfModel } from "../guest-cpu.ts";
import type { BaselineOptions, CpuModel } from "../types.ts";
import { decode } from "./decode.ts";
import { vendorStrings } from "./map.ts";
import { featureNamed, featuresOf, list, modelNamed } from "./sets.ts";

/** What all processors have, as a guest's. */
export function baseline(cpus: readonly CpuModel[], options: BaselineOptions): Cpu {
  const [first] = cpus;
  if (first === undefined) throw cpuError(ErrorCode.INVALID_ARG, "No CPUs given");
  let set = featuresOf(first);
  for (const cpu of cpus) set &= featuresOf(cpu);
  if (options.features) set &= options.features.reduce((all, name) => all | featureNamed(name).bit, 0n);
  const vendor = commonVendor(cpus);
  if (set === 0n) throw cpuError(ErrorCode.OPERATION_FAILED, "CPUs are incompatible");
  const preferred = cpus.every(({ model }) => model === first.model) ? first.model : undefined;
  const favoured = new Set(cpus.flatMap(({ model }) => model ?? []));
  const found = decode(
    { features: set, ...(vendor !== undefined && { vendor: vendorStrings[vendor] ?? "" }) },
    { as: "guest", models: options.models, preferred, favoured, migratable: options.migratable === true },
  );
  // A vendor is only promised if all of them said so.
  const isSaid = cpus.every((cpu) => cpu.vendor !== undefined);
  const { vendor: _, ...rest } = found;
  return guestOfModel(isSaid ? found : rest, found.model === preferred ? "forbid" : "allow");
}

function commonVendor(cpus: readonly CpuModel[]): string | undefined {
  let common = cpus[0]?.vendor;
  for (const { vendor, model } of cpus.slice(1)) {
    const ofModel = model === undefined ? undefined : modelNamed(model).vendor;
    if (vendor !== undefined && ofModel !== undefined && vendor !== ofModel) {
      const detail = `CPU vendor ${vendor} of model ${model} differs from vendor ${ofModel}`;
      throw cpuError(ErrorCode.OPERATION_FAILED, detail);
    }
    const own = vendor ?? ofModel;
    if (own === undefined) continue;
    if (!(own in vendorStrings)) throw cpuError(ErrorCode.OPERATION_FAILED, `Unknown CPU vendor ${own}`);
    if (common !== undefined && own !== common)
      throw cpuError(ErrorCode.OPERATION_FAILED, "CPU vendors do not match");
    common = own;
  }
  return common;
}

/** The model's own features beside those that are listed, by name. */
export function expand(guest: Cpu): Cpu {
  const own = guest.model?.name === undefined ? 0n : modelNamed(guest.model.name).features;
  const all = withFeatures(list(own, "require"), guest.features);
  return { ...guest, features: all.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
