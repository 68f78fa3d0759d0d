import type { Cpu } from "@libvirt-ts/conf/domain";
import { modelNotSupported } from "../errors.ts";
import { withFeatures, withMissing } from "../features.ts";
import { isUsable, modelOfGuest, withModel } from "../guest-model.ts";
import type { CpuFeature, CpuModel, Policy, UsableModel } from "../types.ts";
import { decode } from "./decode.ts";
import { vendorStrings, x86Map } from "./map.ts";
import { featureNamed, featuresOf, includes, modelNamed } from "./sets.ts";

/** A guest's choice against a host: optional features are decided, `host-model` and `minimum` become the host's. */
export function update(guest: Cpu, host: CpuModel, removed: Policy): Cpu {
  if (guest.mode === "host-passthrough" || guest.mode === "maximum") return guest;
  const has = featuresOf(host);
  const features = guest.features.map((feature): CpuFeature => {
    if (feature.policy !== "optional") return feature;
    return { ...feature, policy: includes(has, featureNamed(feature.name).bit) ? "require" : "disable" };
  });
  const takesHosts = guest.mode === "host-model" || guest.match === "minimum";
  const { vendor: _, ...shared } = host;
  const taken = guest.mode === "host-model" ? host : shared;
  const updated = takesHosts
    ? withModel(guest, { ...taken, features: withFeatures(host.features, features) })
    : { ...guest, features };
  const dropped = x86Map().models.get(updated.model?.name ?? "")?.removed ?? [];
  return { ...updated, features: withMissing(updated.features, dropped, removed) };
}

/** The guest's model in terms of those a hypervisor has. */
export function translate(guest: Cpu, models: readonly UsableModel[]): Cpu {
  const name = guest.model?.name;
  if (name === undefined || isUsable(name, models)) return guest;
  if (guest.model?.fallback === "forbid") throw modelNotSupported(name);
  const { vendor, signatures } = modelNamed(name);
  const first = signatures[0];
  const found = decode(
    {
      features: featuresOf(modelOfGuest(guest)),
      ...(vendor !== undefined && { vendor: vendorStrings[vendor] ?? "" }),
      ...(first && { signature: { family: first.family, model: first.model, stepping: first.first } }),
    },
    { as: "guest", models },
  );
  const { vendor: _, ...rest } = found;
  return withModel(guest, { ...rest, features: withFeatures(found.features, guest.features) });
}
