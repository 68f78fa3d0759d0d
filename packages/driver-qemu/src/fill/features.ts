import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { isArmVirt } from "../device/machine.ts";

type GicVersion = "2" | "3";

/** Features a guest of this kind always has. */
export function fillFeatures(def: DomainDef, caps: QemuCaps): void {
  if (!isArmVirt(def) || def.features?.gic?.version !== undefined) return;
  def.features ??= {};
  def.features.gic = { version: gicVersion(def, caps) };
}

/** The newest interrupt controller there is; emulated ones are kept at 2, which all guests know. */
function gicVersion(def: DomainDef, { gic }: QemuCaps): GicVersion {
  if (def.type === "qemu") return "2";
  const best = Math.max(0, ...gic.filter((g) => g.kernel).map((g) => g.version));
  return best >= 3 ? "3" : "2";
}
