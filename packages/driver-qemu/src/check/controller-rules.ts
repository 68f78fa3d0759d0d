import type { Controller, DomainDef, PciController } from "@libvirt-ts/conf/domain";
import { hasBuiltinEsp, hasBuiltinIde, isArmVirt, isI440fx, isPseries, isQ35 } from "../device/machine.ts";
import { iothreadRule } from "./iothread-rules.ts";
import { type DeviceRule, forEach, type Rule, xmlComplaint } from "./rule.ts";

type PciModel = NonNullable<PciController["model"]>;
type PciOption = keyof NonNullable<PciController["target"]>;

interface BridgeFacts {
  /** Devices that can play it. */
  names: readonly string[];
  options: readonly PciOption[];
}

const bridges: Readonly<Record<PciModel, BridgeFacts>> = {
  "pci-root": { names: ["spapr-pci-host-bridge"], options: ["index", "node", "hotplug"] },
  "pcie-root": { names: [], options: [] },
  "pci-bridge": { names: ["pci-bridge"], options: ["chassisNr", "memReserve"] },
  "dmi-to-pci-bridge": { names: ["i82801b11-bridge"], options: [] },
  "pcie-to-pci-bridge": { names: ["pcie-pci-bridge"], options: [] },
  "pcie-root-port": {
    names: ["ioh3420", "pcie-root-port"],
    options: ["chassis", "port", "hotplug", "memReserve"],
  },
  "pcie-switch-upstream-port": { names: ["x3130-upstream"], options: [] },
  "pcie-switch-downstream-port": { names: ["xio3130-downstream"], options: ["chassis", "port", "hotplug"] },
  "pci-expander-bus": { names: ["pxb"], options: ["busNr", "node"] },
  "pcie-expander-bus": { names: ["pxb-pcie"], options: ["busNr", "node"] },
};

/** Options in the order they are looked at, by the names complaints use. */
const pciOptions: readonly (readonly [PciOption, string])[] = [
  ["chassisNr", "chassisNr"],
  ["chassis", "chassis"],
  ["port", "port"],
  ["index", "targetIndex"],
  ["busNr", "busNr"],
  ["node", "numaNode"],
  ["hotplug", "hotplug"],
  ["memReserve", "memReserve"],
];
const maxTargetIndex = 30;
const maxUsbPorts = 15;

const pciBoard: DeviceRule<Controller> = (controller, def) => {
  if (controller.type !== "pci") return undefined;
  const { model, index } = controller;
  if (model === "pci-expander-bus" && !isI440fx(def))
    return "pci-expander-bus controllers are only supported on 440fx-based machinetypes";
  if (model === "pcie-expander-bus" && !isQ35(def) && !isArmVirt(def))
    return "pcie-expander-bus controllers are not supported with this machine type";
  const isRoot = model === "pci-root" || model === "pcie-root";
  return isRoot && index !== 0 && !isPseries(def)
    ? xmlComplaint("pci-root and pcie-root controllers should have index 0")
    : undefined;
};

const pciPlace: DeviceRule<Controller> = ({ type, model, index = 0, address }) => {
  if (type !== "pci" || model !== "pci-bridge" || address?.type !== "pci") return undefined;
  const bus = address.bus ?? 0;
  const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;
  return index <= bus
    ? `PCI controller at index ${index} (${hex(index)}) has bus='${hex(bus)}', but index must be larger than bus`
    : undefined;
};

const pciOptionsRule: DeviceRule<Controller> = (controller, def) => {
  if (controller.type !== "pci" || controller.model === undefined) return undefined;
  const { model, modelName, target, index } = controller;
  const { names, options } = bridges[model];
  const name = modelName?.name ?? "none";
  const where = `PCI controller with index '${index}', model '${model}' and modelName '${name}'`;
  if (name !== "none" && !names.includes(name)) {
    const problem = names.length > 0 ? "has invalid value" : "is not valid";
    return `Option 'modelName' ${problem} for ${where}`;
  }
  // Only host bridges of pSeries machines are counted and placed.
  const isPlain = model === "pci-root" && !isPseries(def);
  for (const [option, shown] of pciOptions) {
    const isKnown = options.includes(option) && !(isPlain && option !== "hotplug");
    if (target?.[option] !== undefined && !isKnown) return `Option '${shown}' is not valid for ${where}`;
  }
  if (model === "pci-root" && target?.node !== undefined && target.index === 0)
    return `The PCI controller with index=${index} can't be associated with a NUMA node`;
  return target?.index !== undefined && target.index > maxTargetIndex
    ? `PCI controller target index '${target.index}' out of range - must be 0-30`
    : undefined;
};

const pciHole: DeviceRule<Controller> = ({ type, pcihole64 }, def) =>
  type === "pci" && pcihole64 !== undefined && !isI440fx(def) && !isQ35(def)
    ? `Setting the 64-bit PCI hole size is not supported for machine '${def.os.type.machine}'`
    : undefined;

const ide: DeviceRule<Controller> = ({ type, index = 0 }, def) => {
  if (type !== "ide") return undefined;
  if (!hasBuiltinIde(def)) return "IDE controllers are unsupported for this QEMU binary or machine type";
  return index === 0 ? undefined : "Only a single IDE controller is supported for this machine type";
};

const virtioScsiOptions = [
  ["queues", "queues"],
  ["cmdPerLun", "cmd_per_lun"],
  ["maxSectors", "max_sectors"],
  ["ioeventfd", "ioeventfd"],
] as const;

const scsiModelsOfQemu = [
  "lsilogic",
  "virtio-scsi",
  "virtio-transitional",
  "virtio-non-transitional",
  "lsisas1068",
  "lsisas1078",
  "vmpvscsi",
  "ibmvscsi",
  "ncr53c90",
  "dc390",
  "am53c974",
];

const scsi: DeviceRule<Controller> = (controller, def) => {
  const { driver } = controller;
  const model = controller.type === "scsi" ? controller.model : undefined;
  if (model !== undefined && model !== "auto" && !scsiModelsOfQemu.includes(model))
    return `Unsupported controller model: ${model}`;
  if (model === "ncr53c90" && controller.index !== 0)
    return "ncr53c90 can only be used as first SCSI controller";
  if (model === "ncr53c90" && !hasBuiltinEsp(def))
    return "ncr53c90 SCSI controller is not a built-in for this machine";
  const isVirtio = model?.startsWith("virtio") === true;
  for (const [option, shown] of virtioScsiOptions)
    if (driver?.[option] !== undefined && !isVirtio)
      return `'${shown}' is only supported by virtio-scsi controller`;
  return iothreadRule(def, driver, (id) => `controller iothread '${id}' not defined in iothreadid`);
};

const usb: DeviceRule<Controller> = (controller) => {
  if (controller.type !== "usb") return undefined;
  const { model, ports = 0 } = controller;
  if (model === "qusb1" || model === "qusb2")
    return "USB controller model type 'qusb1' or 'qusb2' is not supported in qemu";
  return ports > maxUsbPorts ? `'${model}' controller only supports up to '15' ports` : undefined;
};

/** Rules for controllers. */
export const controllerRules: readonly Rule[] = [
  forEach(
    (def: DomainDef) => def.devices.controllers,
    ide,
    scsi,
    usb,
    pciBoard,
    pciPlace,
    pciOptionsRule,
    pciHole,
  ),
];
