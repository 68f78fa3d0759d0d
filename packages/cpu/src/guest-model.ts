import type { Cpu } from "@libvirt-ts/conf/domain";
import { withFeatures } from "./features.ts";
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

/** `host-model` becomes the host's model, with the guest's own wishes on top; all else stays. */
export const takeHosts = (guest: Cpu, host: CpuModel): Cpu =>
  guest.mode === "host-model" && host.model !== undefined
    ? withModel(guest, { ...host, features: withFeatures(host.features, guest.features) })
    : guest;
