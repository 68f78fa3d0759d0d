import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { acceleratorOf, type QemuCaps } from "../caps/qemu-caps.ts";
import { checkDevices } from "./devices.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** What a QEMU for one architecture can run. */
const guestArches = (arch: string): string[] =>
  arch === "x86_64"
    ? [arch, "i686"]
    : arch === "aarch64"
      ? [arch, "armv7l"]
      : arch === "ppc64"
        ? [arch, "ppc64le"]
        : [arch];

/**
 * Refuses what this QEMU cannot do.
 * @throws VirError QEMU/CONFIG_UNSUPPORTED in libvirt's words
 */
export function checkQemu(def: DomainDef, caps: QemuCaps): void {
  const { emulator } = def.devices;
  if (!guestArches(caps.arch).includes(def.os.type.arch ?? "")) {
    throw unsupported(`Emulator '${emulator}' does not support arch '${def.os.type.arch}'`);
  }
  if (def.type === "qemu" ? !caps.flags.has("tcg") : caps.accel[acceleratorOf(def.type)] === undefined) {
    throw unsupported(`Emulator '${emulator}' does not support virt type '${def.type}'`);
  }
  checkDevices(def, caps);
}
