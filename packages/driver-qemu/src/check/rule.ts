import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import type { HostProcessor } from "../cpu/host-model.ts";

/** What rules may look at beside the definition. */
export interface CheckContext {
  caps: QemuCaps;
  /** TPM versions the emulator can play; absent: all. */
  tpmVersions?: readonly string[] | undefined;
  /** SPICE is served with TLS (`spice_tls`); absent: nobody has said. */
  spiceTls?: boolean | undefined;
  /** The host's time stamp counter, asked for at a start only. */
  hostCounter?: HostProcessor["counter"] | undefined;
  /** Bits of an address of the host's memory; absent: nobody has looked. */
  hostAddressBits?: number | undefined;
  /** The program that serves RDP is there; absent: nobody has looked. */
  hasRdp?: boolean | undefined;
}

/** Text of an unsupported configuration, or the whole error where it is of another kind. */
export type Complaint = string | VirError;

/** One thing QEMU cannot do: the complaint, or `undefined`. Checked in the order of the lists they stand in. */
export type Rule = (def: DomainDef, context: CheckContext) => Complaint | undefined;
export type DeviceRule<T> = (device: T, def: DomainDef, context: CheckContext) => Complaint | undefined;

/** Rules for each device of a list; all for one before the next. */
export const forEach =
  <T>(list: (def: DomainDef) => readonly T[], ...rules: readonly DeviceRule<T>[]): Rule =>
  (def, context) => {
    for (const device of list(def)) {
      for (const rule of rules) {
        const complaint = rule(device, def, context);
        if (complaint !== undefined) return complaint;
      }
    }
    return undefined;
  };

export const internalComplaint = (text: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, text);
export const xmlComplaint = (text: string): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.XML_ERROR, text);

export const archOf = (def: DomainDef): string => def.os.type.arch ?? "";
export const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0;
