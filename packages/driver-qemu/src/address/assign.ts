import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { supportsPci } from "../device/machine.ts";
import { assignPciAddresses } from "./pci.ts";
import type { HostPci } from "./pci-needs.ts";
import type { PciAddressSet } from "./pci-set.ts";
import {
  assignCcwAddresses,
  assignMemorySlots,
  assignMmioAddresses,
  assignSpaprAddresses,
} from "./transports.ts";
import { assignUsbAddresses, type UsbAddressSet } from "./usb.ts";
import { assignVirtioSerialPorts } from "./virtio-serial.ts";
import { assignZpci } from "./zpci.ts";

export interface AddressOptions extends HostPci {
  /** A new guest, or one that is being started: everything without an address gets one. */
  isNew?: boolean;
}

/** What is taken; plugging in devices goes on from there. */
export interface AddressSets {
  pci: PciAddressSet | undefined;
  usb: UsbAddressSet | undefined;
}

/** Gives every device its place in the guest, adding the controllers that takes. */
export function assignAddresses(def: DomainDef, caps: QemuCaps, options: AddressOptions = {}): AddressSets {
  const isUnknown = def.devices.controllers.some(
    (each) => each.type === "pci" && each.model === undefined && (each.index !== 0 || supportsPci(def)),
  );
  if (isUnknown)
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.INTERNAL_ERROR,
      "PCI controller model was not set correctly",
    );
  assignVirtioSerialPorts(def);
  assignSpaprAddresses(def);
  assignCcwAddresses(def, caps);
  assignMmioAddresses(def, caps);
  const pci = assignPciAddresses(def, caps, options);
  assignZpci(def, caps);
  const usb = assignUsbAddresses(def, options.isNew === true);
  assignMemorySlots(def);
  return { pci, usb };
}
