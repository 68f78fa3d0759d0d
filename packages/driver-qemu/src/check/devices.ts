import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CapsFlag } from "../caps/flags.ts";
import type { QemuCaps } from "../caps/qemu-caps.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

const usbFlags: Readonly<Record<string, CapsFlag>> = {
  "piix3-uhci": "piix3-usb-uhci",
  "piix4-uhci": "piix4-usb-uhci",
  ehci: "usb-ehci",
  "ich9-ehci1": "ich9-usb-ehci1",
  "ich9-uhci1": "ich9-usb-ehci1",
  "ich9-uhci2": "ich9-usb-ehci1",
  "ich9-uhci3": "ich9-usb-ehci1",
  "vt82c686b-uhci": "vt82c686b-usb-uhci",
  "pci-ohci": "pci-ohci",
  "nec-xhci": "nec-usb-xhci",
  "qemu-xhci": "qemu-xhci",
};

/** Rules for single devices. */
export function checkDevices(def: DomainDef, caps: QemuCaps): void {
  const { devices } = def;
  for (const controller of devices.controllers) {
    if (controller.type === "usb") {
      if (controller.model === undefined) throw unsupported("no model provided for USB controller");
      const flag = usbFlags[controller.model];
      if (flag !== undefined && !caps.flags.has(flag)) {
        throw unsupported(`USB controller model '${controller.model}' not supported in this QEMU binary`);
      }
      if (controller.ports !== undefined && controller.ports > 15) {
        throw unsupported(`'${controller.model}' controller only supports up to '15' ports`);
      }
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
