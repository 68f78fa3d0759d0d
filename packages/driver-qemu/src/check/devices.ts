import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** Rules for single devices. */
export function checkDevices(def: DomainDef, caps: QemuCaps): void {
  const { devices } = def;
  for (const controller of devices.controllers) {
    if (controller.type === "usb" && controller.ports !== undefined && controller.ports > 15) {
      throw unsupported(`'${controller.model}' controller only supports up to '15' ports`);
    }
    if (
      controller.type === "pci" &&
      (controller.model === "pci-root" || controller.model === "pcie-root") &&
      controller.address !== undefined
    ) {
      throw unsupported("pci-root and pcie-root controllers should not have an address");
    }
  }
}
