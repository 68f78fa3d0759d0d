import type { Controller, ControllerOf, PciController } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CapsFlag } from "../caps/flags.ts";
import type { Props } from "../command/types.ts";
import { addressProps, controllerAlias } from "./address-props.ts";
import { iothreadMapping } from "./disk.ts";
import { aliasOf, type DeviceContext } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** The `-device` of a controller, without those that are part of the board; `undefined` if there is none. */
export function controllerDevice(controller: Controller, context: DeviceContext): Props | undefined {
  const props = kindProps(controller, context);
  return props && { ...props, ...addressProps(context.def, controller) };
}

function kindProps(controller: Controller, context: DeviceContext): Props | undefined {
  const id = aliasOf(controller);
  switch (controller.type) {
    case "scsi":
      return scsiProps(controller, id);
    case "virtio-serial":
      return {
        ...virtioProps("virtio-serial", controller),
        id,
        max_ports: controller.ports,
        vectors: controller.vectors,
      };
    case "usb":
      return usbProps(controller, id, context);
    case "pci":
      return pciProps(controller, id);
    case "ccid":
      return { driver: "usb-ccid", id };
    case "sata":
      return { driver: "ahci", id };
    case "nvme":
      return { driver: "nvme", id, serial: controller.serial ?? `nvme-${controller.index ?? 0}` };
    case "ide":
      // Only the board's own is left; it was skipped before.
      throw unsupported(`IDE controllers are unsupported for this QEMU binary or machine type`);
    default:
      return undefined;
  }
}

const scsiDrivers: Readonly<Record<string, string>> = {
  lsilogic: "lsi",
  ibmvscsi: "spapr-vscsi",
  lsisas1068: "mptsas1068",
  lsisas1078: "megasas",
  vmpvscsi: "pvscsi",
  dc390: "dc390",
  am53c974: "am53c974",
};

function scsiProps(controller: ControllerOf<"scsi">, id: string): Props | undefined {
  const { model, driver } = controller;
  if (model === "virtio-scsi" || model === "virtio-transitional" || model === "virtio-non-transitional") {
    return {
      ...virtioProps("virtio-scsi", controller),
      iothread: driver?.iothread ? `iothread${driver.iothread}` : undefined,
      id,
      num_queues: driver?.queues,
      cmd_per_lun: driver?.cmdPerLun,
      max_sectors: driver?.maxSectors,
      ioeventfd: driver?.ioeventfd,
      "iothread-vq-mapping": iothreadMapping(driver?.iothreads),
    };
  }
  if (model === "ncr53c90") return undefined;
  const name = scsiDrivers[model ?? ""];
  if (name === undefined) throw unsupported(`Unsupported controller model: ${model ?? "default"}`);
  return { driver: name, id };
}

const usbDrivers: Readonly<Record<string, string>> = {
  "piix3-uhci": "piix3-usb-uhci",
  "piix4-uhci": "piix4-usb-uhci",
  ehci: "usb-ehci",
  "ich9-ehci1": "ich9-usb-ehci1",
  "ich9-uhci1": "ich9-usb-uhci1",
  "ich9-uhci2": "ich9-usb-uhci2",
  "ich9-uhci3": "ich9-usb-uhci3",
  "vt82c686b-uhci": "vt82c686b-usb-uhci",
  "pci-ohci": "pci-ohci",
  "nec-xhci": "nec-usb-xhci",
  "qemu-xhci": "qemu-xhci",
};

const usbFlags: Readonly<Record<string, CapsFlag>> = {
  "piix3-uhci": "piix3-usb-uhci",
  "piix4-uhci": "piix4-usb-uhci",
  ehci: "usb-ehci",
  "ich9-ehci1": "ich9-usb-ehci1",
  "vt82c686b-uhci": "vt82c686b-usb-uhci",
  "pci-ohci": "pci-ohci",
  "nec-xhci": "nec-usb-xhci",
  "qemu-xhci": "qemu-xhci",
};

/** Those whose number of ports is a matter of taste. */
const portedUsbModels = ["nec-xhci", "qemu-xhci"];

function usbProps(
  controller: ControllerOf<"usb">,
  id: string,
  { def, caps }: DeviceContext,
): Props | undefined {
  const { model, ports, index = 0 } = controller;
  if (model === "none" || (model === undefined && def.os.type.arch?.startsWith("s390"))) return undefined;
  const driver = usbDrivers[model ?? ""];
  if (model === undefined) throw unsupported("no model provided for USB controller");
  if (driver === undefined) throw unsupported(`Unsupported controller model '${model}' for usb controller`);
  const flag = usbFlags[model];
  if (flag !== undefined && !caps.flags.has(flag)) {
    throw unsupported(`USB controller model '${model}' not supported in this QEMU binary`);
  }
  if (ports !== undefined && !portedUsbModels.includes(model))
    throw unsupported(`usb controller type '${model}' doesn't support 'ports' with this QEMU binary`);
  // A companion names the EHCI controller it belongs to instead of having a bus of its own.
  const isCompanion = controller.masterStartPort !== undefined;
  return {
    driver,
    p2: ports,
    p3: ports,
    ...(isCompanion
      ? { masterbus: `${controllerAlias(def, "usb", index)}.0`, firstport: controller.masterStartPort }
      : { id }),
  };
}

function pciProps(controller: PciController, id: string): Props | undefined {
  const { target, modelName } = controller;
  const driver = modelName?.name;
  const index = controller.index ?? 0;
  switch (controller.model) {
    case "pci-bridge":
      return { driver, chassis_nr: target?.chassisNr, "mem-reserve": bytes(target?.memReserve), id };
    case "pci-expander-bus":
    case "pcie-expander-bus":
      return { driver, bus_nr: target?.busNr, id, numa_node: target?.node };
    case "dmi-to-pci-bridge":
    case "pcie-switch-upstream-port":
    case "pcie-to-pci-bridge":
      return { driver, id };
    case "pcie-root-port":
    case "pcie-switch-downstream-port":
      return {
        driver,
        port: target?.port,
        chassis: target?.chassis,
        "mem-reserve": bytes(target?.memReserve),
        id,
        hotplug: target?.hotplug,
      };
    case "pci-root":
      // The first host bridge of a pSeries guest comes with the board.
      if (driver !== "spapr-pci-host-bridge" || index === 0) return undefined;
      return { driver, index: target?.index, id, numa_node: target?.node };
    default:
      return undefined;
  }
}

const bytes = (kib: number | undefined) => (kib === undefined ? undefined : kib * 1024);
