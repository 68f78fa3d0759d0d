import type { Address, Disk, DomainDef } from "@libvirt-ts/conf/domain";
import type { Complaint, DeviceRule } from "./rule.ts";
import { internalComplaint } from "./rule.ts";

type Drive = Extract<Address, { type: "drive" }>;

/** Where a disk may be plugged in: controllers of each kind have their own limits. */
export const diskAddress: DeviceRule<Disk> = ({ target, address }, def) => {
  if (address === undefined) return undefined;
  const { bus = "" } = target;
  switch (bus) {
    case "virtio":
      return ["pci", "ccw", "virtio-mmio"].includes(address.type)
        ? undefined
        : `virtio disk cannot have an address of type '${address.type}'`;
    case "usb":
      return address.type === "usb" ? undefined : misplaced(bus);
    case "ide":
    case "sata":
    case "fdc":
    case "scsi":
      return address.type === "drive" ? driveRules[bus](address, def) : misplaced(bus);
    default:
      return undefined;
  }
};

const misplaced = (bus: string) => internalComplaint(`unexpected address type for ${bus} disk`);

const driveRules: Readonly<
  Record<"ide" | "sata" | "fdc" | "scsi", (address: Drive, def: DomainDef) => Complaint | undefined>
> = {
  ide({ controller, target }) {
    if (controller !== 0) return internalComplaint("Only 1 IDE controller is supported");
    return target === 0 ? undefined : "target must be 0 for ide controller";
  },
  sata({ bus, target }) {
    if (bus !== 0) return "bus must be 0 for sata controller";
    return target === 0 ? undefined : "target must be 0 for sata controller";
  },
  fdc({ controller, bus, target }) {
    if (controller !== 0) return internalComplaint("Only 1 fdc controller is supported");
    if (bus !== 0) return internalComplaint("Only 1 fdc bus is supported");
    return target === 0 ? undefined : "target must be 0 for controller fdc";
  },
  scsi({ controller, bus, target }, { devices }) {
    if (bus !== 0) return internalComplaint("SCSI controller only supports 1 bus");
    const owner = devices.controllers.find(({ type, index }) => type === "scsi" && index === controller);
    const model = owner?.type === "scsi" ? owner.model : undefined;
    // All devices of an LSI adapter are units of one target.
    return model === "lsilogic" && target !== 0
      ? `target must be 0 for controller model '${model}'`
      : undefined;
  },
};
