import type { Cpu } from "@libvirt-ts/conf/domain";
import type { CpuModel, UsableModel } from "./types.ts";

/** A guest's `<cpu>` as a model and what differs. */
export const modelOfGuest = ({ model, vendor, features }: Cpu): CpuModel => ({
  ...(model?.name !== undefined && { model: model.name }),
  ...(vendor !== undefined && { vendor }),
  features,
});

/** The same guest with another model, written out; it keeps its own vendor if the model says nothing of one. */
export function withModel(guest: Cpu, { model, vendor, features }: CpuModel): Cpu {
  const { fallback = "allow", vendorId } = guest.model ?? {};
  return {
    ...guest,
    mode: "custom",
    match: "exact",
    model: {
      fallback,
      ...(vendorId !== undefined && { vendorId }),
      ...(model !== undefined && { name: model }),
    },
    ...(vendor !== undefined && { vendor }),
    features: [...features],
  };
}

export const isUsable = (name: string, models: readonly UsableModel[]): boolean =>
  models.some((model) => model.name === name);
