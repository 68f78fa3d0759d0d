import type { Cpu } from "@libvirt-ts/conf/domain";
import { ErrorCode } from "@libvirt-ts/errors";
import { cpuError } from "../errors.ts";
import { withFeatures } from "../features.ts";
import { modelOfGuest } from "../guest-model.ts";
import type { CpuFeature } from "../types.ts";
import { type FeatureSet, x86Map } from "./map.ts";
import { featuresOf } from "./sets.ts";

/** What the hypervisor made of a guest's processor. */
export interface LiveFeatures {
  enabled: FeatureSet;
  /** Asked for, but not there. */
  disabled: FeatureSet;
}

/**
 * A guest's processor as it really is: features the hypervisor added or left out are written down.
 * @throws VirError OPERATION_FAILED if the guest asked for a full check and got something else
 */
export function updateLive(guest: Cpu, { enabled, disabled }: LiveFeatures): Cpu {
  const takesHosts = guest.mode === "host-passthrough" || guest.mode === "maximum";
  const expected = featuresOf(modelOfGuest(guest));
  const extra: CpuFeature[] = [];
  const missing: CpuFeature[] = [];
  for (const { name, bit } of x86Map().features.values()) {
    const isExpected = (expected & bit) !== 0n;
    if (!takesHosts && !isExpected && (enabled & bit) !== 0n) extra.push({ name, policy: "require" });
    if ((disabled & bit) !== 0n || (isExpected && (enabled & bit) === 0n))
      missing.push({ name, policy: "disable" });
  }
  if (guest.check === "full" && extra.length + missing.length > 0) {
    const parts = [
      ...(extra.length > 0 ? [`extra features: ${names(extra)}`] : []),
      ...(missing.length > 0 ? [`missing features: ${names(missing)}`] : []),
    ];
    const detail = `guest CPU doesn't match specification: ${parts.join(", ")}`;
    throw cpuError(ErrorCode.OPERATION_FAILED, detail);
  }
  return { ...guest, features: withFeatures(guest.features, [...extra, ...missing]) };
}

const names = (features: readonly CpuFeature[]) => features.map(({ name }) => name).join(",");
