import type { Address, Controller, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";

interface Placed {
  address?: Address | undefined;
  acpiIndex?: number | undefined;
}

const internal = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, detail);

export const findController = (
  def: DomainDef,
  type: Controller["type"],
  index: number,
): Controller | undefined => def.devices.controllers.find((c) => c.type === type && (c.index ?? 0) === index);

/** Name of the controller, as devices on it spell their `bus`. */
export function controllerAlias(def: DomainDef, type: Controller["type"], index: number): string {
  const alias = findController(def, type, index)?.alias;
  if (alias === undefined)
    throw internal(`Device alias was not set for ${type} controller with index ${index}`);
  return alias;
}

/** Where a device is plugged in, as members of its `-device`. */
export function addressProps(def: DomainDef, { address, acpiIndex }: Placed): Props {
  switch (address?.type) {
    case "pci":
      return {
        bus: pciBus(def, address.bus),
        multifunction: address.multifunction,
        addr: address.function === 0 ? hex(address.slot) : `${hex(address.slot)}.${hex(address.function)}`,
        "acpi-index": acpiIndex || undefined,
      };
    case "usb":
      return { bus: `${controllerAlias(def, "usb", address.bus)}.0`, port: address.port };
    case "spapr-vio":
      return { reg: address.reg };
    case "ccw":
      return { devno: ccwNumber(address) };
    case "isa":
      return { iobase: address.iobase, irq: address.irq };
    case "dimm":
      return { slot: address.slot, addr: address.base };
    default:
      return {};
  }
}

/** What boards call their first PCI bus, whatever the user calls its controller. */
export const pciRootName = (def: DomainDef): string =>
  def.os.type.machine === "versatilepb" ? "pci" : "pci.0";

const hex = (value: number) => `0x${value.toString(16)}`;

/** `fe.0.0001` */
export const ccwNumber = ({
  cssid = 0,
  ssid = 0,
  devno = 0,
}: {
  cssid?: number | undefined;
  ssid?: number | undefined;
  devno?: number | undefined;
}) => `${cssid.toString(16)}.${ssid.toString(16)}.${devno.toString(16).padStart(4, "0")}`;

function pciBus(def: DomainDef, index: number): string {
  const controller = findController(def, "pci", index);
  if (controller?.alias === undefined)
    throw internal(`Could not find PCI controller with index ${index} required for device at address`);
  if (index === 0 && controller.type === "pci") {
    if (controller.model === "pcie-root") return "pcie.0";
    if (controller.model === "pci-root") return pciRootName(def);
  }
  // Further host bridges of pSeries guests name their bus after themselves.
  const isHostBridge =
    controller.type === "pci" && controller.model === "pci-root" && (controller.target?.index ?? 0) > 0;
  return isHostBridge ? `${controller.alias}.0` : controller.alias;
}
