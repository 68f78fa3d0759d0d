import { type AnyDevice, type DomainDef, type Hostdev, isKnownNetModel } from "@libvirt-ts/conf/domain";
import { hasPcieRoot } from "../device/machine.ts";
import { connect, controllerNeeds } from "./pci-connect.ts";

/** What a device needs of the bus it is plugged into; 0 = it is no PCI device. */
export type PciNeeds = (device: AnyDevice) => number;

type HostAddress = { domain: number; bus: number; slot: number; function: number };

export interface HostPci {
  /** Is the device of the host a PCI Express one? `undefined`: it does not exist. */
  isPciExpress?: ((address: HostAddress) => boolean | undefined) | undefined;
  /** What a device of the host cannot be told apart from in its accesses to memory. */
  iommuGroup?: ((address: HostAddress) => number | undefined) | undefined;
}

/** Rules for the devices of one guest: PCI Express counts only where the guest has it. */
export function pciNeeds(def: DomainDef, host: HostPci): PciNeeds {
  const pci = connect.pciDevice | connect.autoAssign;
  const pcie = hasPcieRoot(def) ? connect.pcieDevice | connect.autoAssign : pci;
  const virtio = ({ model }: { model?: string | undefined }) =>
    model === "virtio-transitional" ? pci : pcie;
  return (each) => {
    switch (each.kind) {
      case "controller": {
        const { device } = each;
        switch (device.type) {
          case "pci":
            return device.model === undefined ? 0 : controllerNeeds[device.model];
          case "usb":
            return device.model === "none" || device.model === "qusb1" || device.model === "qusb2"
              ? 0
              : device.model === "nec-xhci" || device.model === "qemu-xhci"
                ? pcie
                : pci;
          case "scsi":
            switch (device.model) {
              case "virtio-scsi":
              case "virtio-non-transitional":
                return pcie;
              case undefined:
              case "auto":
              case "ibmvscsi":
              case "ncr53c90":
                return 0;
              default:
                return pci;
            }
          case "virtio-serial":
            return virtio(device);
          case "ide":
          case "sata":
            return pci;
          case "nvme":
            return pcie;
          default:
            return 0;
        }
      }
      case "filesystem": {
        const { type = "path" } = each.device.driver ?? {};
        return ["path", "handle", "virtiofs"].includes(type) ? virtio(each.device) : 0;
      }
      case "interface": {
        const { device } = each;
        if (device.type === "hostdev") return pcie;
        switch (device.model) {
          case "virtio":
          case "virtio-non-transitional":
          case "e1000e":
          case "igb":
            return pcie;
          case "usb-net":
          case "spapr-vlan":
          case "scm91c111":
            return 0;
          default:
            // Of a card nobody knows libvirt believes that it is an Express one.
            return isKnownNetModel(device.model ?? "") ? pci : pcie;
        }
      }
      case "sound":
        if (each.device.model === "virtio") return pcie;
        return ["sb16", "pcspk", "usb"].includes(each.device.model) ? 0 : pci;
      case "disk":
        return each.device.target.bus === "virtio" ? virtio(each.device) : 0;
      case "hostdev":
        return hostdevNeeds(each.device, pci, pcie, host);
      case "memballoon":
        return each.device.model === "none" || each.device.model === "xen" ? 0 : virtio(each.device);
      case "rng":
      case "vsock":
        return virtio(each.device);
      case "watchdog":
        return each.device.model === "i6300esb" ? pci : 0;
      case "video":
        switch (each.device.model?.type) {
          case "virtio":
          case "bochs":
            return pcie;
          case "vga":
          case "cirrus":
          case "vmvga":
          case "qxl":
            return pci;
          default:
            return 0;
        }
      case "shmem":
      case "pstore":
      case "crypto":
        return pci;
      case "input":
        return each.device.bus === "virtio" ? virtio(each.device) : 0;
      case "serial":
        return each.device.target?.type === "pci-serial" ? pci : 0;
      case "panic":
        return each.device.model === "pvpanic" ? (pci | connect.integrated) & ~connect.autoAssign : 0;
      case "memory":
        return each.device.model === "virtio-pmem" || each.device.model === "virtio-mem" ? pci : 0;
      case "iommu":
        return each.device.model === "virtio" ? (pcie | connect.integrated) & ~connect.autoAssign : 0;
      default:
        return 0;
    }
  };
}

function hostdevNeeds(device: Hostdev, pci: number, pcie: number, host: HostPci): number {
  switch (device.type) {
    case "scsi_host":
      return device.model === "virtio-transitional" ? pci : pcie;
    case "mdev":
      return device.model === "vfio-pci" ? pcie : 0;
    case "pci": {
      if (pci === pcie || device.address?.type === "pci" || device.source?.address === undefined) return pcie;
      return host.isPciExpress?.(device.source.address) === false ? pci : pcie;
    }
    default:
      return 0;
  }
}
