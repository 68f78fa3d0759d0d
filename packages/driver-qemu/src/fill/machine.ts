import type { DomainDef, FillFlags } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findMachine, preferredMachine, type QemuCaps } from "../caps/qemu-caps.ts";
import { isX86 } from "../device/parts.ts";

/** Machine type: the usual one if none is named, the canonical name for an alias. */
export function fillMachine(def: DomainDef, caps: QemuCaps, { abiUpdate }: FillFlags): void {
  const { type } = def.os;
  if (type.machine === undefined) {
    const machine = preferredMachine(caps, def.type);
    if (machine === undefined)
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.INVALID_ARG,
        `could not get preferred machine for ${def.devices.emulator} type=${def.type}`,
      );
    type.machine = machine.name;
  } else {
    type.machine = findMachine(caps, def.type, type.machine)?.name ?? type.machine;
  }
  // Old definitions may ask for ACPI where it never had an effect.
  if (!abiUpdate && def.features?.acpi && type.arch?.startsWith("s390")) {
    const { acpi: _acpi, ...rest } = def.features;
    def.features = rest;
  }
}

/** Which architectures and machines have ACPI, as far as QEMU or history tells. */
export function supportsAcpi(def: DomainDef, caps: QemuCaps): boolean {
  const { arch = "", machine = "" } = def.os.type;
  const known = findMachine(caps, def.type, machine)?.acpi;
  if (known !== undefined) return known;
  return (
    isX86(arch) ||
    (["aarch64", "armv7l", "riscv64", "riscv32", "loongarch64"].includes(arch) && /^virt(-|$)/.test(machine))
  );
}
