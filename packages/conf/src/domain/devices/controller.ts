import {
  absentIs,
  attr,
  byNumber,
  child,
  childNamed,
  childrenNamed,
  element,
  fixed,
  type Infer,
  leaf,
  nonNegativeAnyBase,
  nonNegativeInt,
  onOff,
  positive,
  refusing,
  sizeAnyBase,
  str,
  uint,
  variant,
} from "@libvirt-ts/xml";
import { uint8 } from "../../types.ts";
import { unsupported, xmlError } from "../errors.ts";
import { masterInfo } from "../info.ts";
import { IothreadMap } from "../iothread-map.ts";
import { kib } from "../scalars.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

export const controllerTypes = [
  "ide",
  "fdc",
  "scsi",
  "sata",
  "virtio-serial",
  "ccid",
  "usb",
  "pci",
  "xenbus",
  "isa",
  "nvme",
] as const;
export type ControllerType = (typeof controllerTypes)[number];

export const pciModels = [
  "pci-root",
  "pcie-root",
  "pci-bridge",
  "dmi-to-pci-bridge",
  "pcie-to-pci-bridge",
  "pcie-root-port",
  "pcie-switch-upstream-port",
  "pcie-switch-downstream-port",
  "pci-expander-bus",
  "pcie-expander-bus",
] as const;
export type PciControllerModel = (typeof pciModels)[number];
export const scsiModels = [
  "auto",
  "buslogic",
  "lsilogic",
  "lsisas1068",
  "vmpvscsi",
  "ibmvscsi",
  "virtio-scsi",
  "lsisas1078",
  "virtio-transitional",
  "virtio-non-transitional",
  "ncr53c90",
  "dc390",
  "am53c974",
] as const;
export const usbModels = [
  "piix3-uhci",
  "piix4-uhci",
  "ehci",
  "ich9-ehci1",
  "ich9-uhci1",
  "ich9-uhci2",
  "ich9-uhci3",
  "vt82c686b-uhci",
  "pci-ohci",
  "nec-xhci",
  "qusb1",
  "qusb2",
  "qemu-xhci",
  "none",
] as const;
const virtioModels = ["virtio", "virtio-transitional", "virtio-non-transitional"] as const;

const unknownModel = (text: string) => unsupported(`Unknown model type '${text}'`);
const model = <const W extends readonly string[]>(words: W) =>
  attrOneOf("model", words, { refuse: unknownModel });

const modelless = { model: model([] as const) };

/** The device that plays the bridge, where a model has several (`<model name=…>`). */
const ModelName = element("model", {
  name: attrOneOf(
    "name",
    [
      "none",
      "pci-bridge",
      "i82801b11-bridge",
      "ioh3420",
      "x3130-upstream",
      "xio3130-downstream",
      "pxb",
      "pxb-pcie",
      "pcie-root-port",
      "spapr-pci-host-bridge",
      "pcie-pci-bridge",
    ],
    {
      strict: { required: true },
    },
  ),
});

/** How the bridge presents itself; set by address assignment where the model has it. */
const PciTarget = element("target", {
  chassisNr: attr("chassisNr", uint8(nonNegativeAnyBase)),
  chassis: attr("chassis", uint8(nonNegativeAnyBase)),
  port: attr("port", uint8({ ...nonNegativeAnyBase, format: (value) => `0x${value.toString(16)}` })),
  busNr: attr("busNr", uint8(nonNegativeAnyBase)),
  index: attr("index", uint8(nonNegativeAnyBase)),
  hotplug: attr("hotplug", onOff),
  memReserve: attr("memReserve", sizeAnyBase),
  node: leaf(
    "node",
    refusing(nonNegativeInt, () => xmlError("invalid NUMA node in target")),
  ),
});

const ControllerDriver = element("driver", {
  queues: attr("queues", positive),
  cmdPerLun: attr("cmd_per_lun", uint),
  maxSectors: attr("max_sectors", uint),
  ioeventfd: attr("ioeventfd", onOff),
  iothread: attr("iothread", uint, { omit: 0 }),
  ...virtioOptions,
  iothreads: child(IothreadMap),
});

/** What other devices are plugged into. */
export const Controller = element(
  "controller",
  {
    type: fixed(
      "controller type",
      attrOneOf("type", controllerTypes, { default: "ide", strict: { required: true } }),
    ),
    index: fixed("controller index", attr("index", nonNegativeInt)),
    $model: variant("type", {
      pci: {
        model: fixed(
          byNumber("controller model", pciModels),
          attrOneOf("model", pciModels, { refuse: unknownModel, strict: { required: true } }),
        ),
        modelName: child(ModelName),
        target: child(PciTarget),
      },
      scsi: { model: fixed(byNumber("controller model", scsiModels), model(scsiModels)) },
      usb: {
        model: fixed(byNumber("controller model", usbModels), model(usbModels)),
        ports: fixed(absentIs(-1, "controller ports"), attr("ports", nonNegativeInt)),
      },
      ide: { model: model(["piix3", "piix4", "ich6"]) },
      "virtio-serial": {
        model: model(virtioModels),
        ports: fixed(absentIs(-1, "controller ports"), attr("ports", nonNegativeInt)),
        vectors: fixed(absentIs(-1, "controller vectors"), attr("vectors", nonNegativeInt)),
      },
      xenbus: {
        ...modelless,
        maxGrantFrames: attr("maxGrantFrames", uint),
        maxEventChannels: attr("maxEventChannels", uint),
      },
      nvme: { ...modelless, serial: leaf("serial", str) },
      isa: modelless,
      fdc: modelless,
      sata: modelless,
      ccid: modelless,
    }),
    driver: child(ControllerDriver),
    ...masterInfo,
    pcihole64: kib("pcihole64"),
  },
  {
    read(controller, from) {
      for (const tag of ["model", "target"])
        if (controller.type === "pci" && childrenNamed(from, tag).length > 1)
          throw xmlError(`Multiple <${tag}> elements in controller definition not allowed`);
      if (controller.type !== "pci" || !controller.model?.endsWith("-root")) delete controller.pcihole64;
      if (childNamed(from, "master")) controller.masterStartPort ??= 0;
      if (controller.type === "usb") controller.masterStartPort ??= companionPorts[controller.model ?? ""];
      if (controller.type !== "scsi" || !controller.model?.startsWith("virtio")) {
        const { iothread, iothreads } = controller.driver ?? {};
        const isOther = controller.type !== "scsi" || controller.model !== undefined;
        if ((iothread !== undefined || iothreads) && isOther) throw misplacedIothread();
      }
      if (controller.type !== "pci" || !controller.target) return;
      const { chassisNr, chassis, port, busNr } = controller.target;
      range("chassisNr", chassisNr, 1, 255);
      range("chassis", chassis, 0, 255);
      range("port", port, 0, 255);
      range("busNr", busNr, 1, 254);
    },
  },
);
export type Controller = Infer<typeof Controller>;
export type ControllerOf<T extends ControllerType> = Extract<Controller, { type: T }>;
export type PciController = ControllerOf<"pci">;

const misplacedIothread = () => xmlError("'iothread' attribute only supported for virtio scsi controllers");

/** The first port of the EHCI controller each companion serves. */
const companionPorts: { readonly [model: string]: number } = {
  "ich9-uhci1": 0,
  "ich9-uhci2": 2,
  "ich9-uhci3": 4,
};

function range(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (value >= min && value <= max)) return;
  throw unsupported(`PCI controller ${name} '${value}' out of range - must be ${min}-${max}`);
}
