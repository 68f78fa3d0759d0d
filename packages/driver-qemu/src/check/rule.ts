import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";

/** What rules may look at beside the definition. */
export interface CheckContext {
  caps: QemuCaps;
  /** TPM versions the emulator can play; absent: all. */
  tpmVersions?: readonly string[] | undefined;
}

/** Text of an unsupported configuration, or the whole error where it is of another kind. */
export type Complaint = string | VirError;

/** One thing QEMU cannot do: the complaint, or `undefined`. Checked in the order of the lists they stand in. */
export type Rule = (def: DomainDef, context: CheckContext) => Complaint | undefined;
type DeviceRule<T> = (device: T, def: DomainDef, context: CheckContext) => Complaint | undefined;

/** A rule for each device of a list. */
export const forEach =
  <T>(list: (def: DomainDef) => readonly T[], rule: DeviceRule<T>): Rule =>
  (def, context) => {
    for (const device of list(def)) {
      const complaint = rule(device, def, context);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };
