import type { Controller, ControllerOf, DomainDef, FillFlags, PciController } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { isLoongarchVirt, isPseries } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";

export function fillController(
  controller: Controller,
  def: DomainDef,
  caps: QemuCaps,
  flags: FillFlags,
): void {
  switch (controller.type) {
    case "scsi":
      if (controller.model === undefined || controller.model === "auto")
        controller.model = defaultScsiModel(def, caps);
      return;
    case "usb":
      controller.model ??= defaultUsbModel(controller, def, caps, flags);
      return;
    case "pci":
      checkNode(controller, def);
      return;
    default:
      return;
  }
}

/** The model of a SCSI controller nobody chose. */
export function defaultScsiModel(def: DomainDef, { flags }: QemuCaps): ControllerOf<"scsi">["model"] {
  const { arch = "" } = def.os.type;
  if (isPseries(def)) return "ibmvscsi";
  if (arch.startsWith("s390") || isLoongarchVirt(def)) return "virtio-scsi";
  if (flags.has("lsi")) return "lsilogic";
  if (flags.has("virtio-scsi-pci")) return "virtio-scsi";
  return flags.has("ncr53c90") ? "ncr53c90" : undefined;
}

function defaultUsbModel(
  { address }: Controller,
  def: DomainDef,
  { flags }: QemuCaps,
  { abiUpdate }: FillFlags,
): ControllerOf<"usb">["model"] {
  const { arch = "" } = def.os.type;
  const xhci = flags.has("qemu-xhci") ? "qemu-xhci" : flags.has("nec-usb-xhci") ? "nec-xhci" : undefined;
  const ohci = flags.has("pci-ohci") ? "pci-ohci" : undefined;
  if (arch.startsWith("s390")) return address === undefined ? "none" : undefined;
  if (arch.startsWith("ppc64")) return (abiUpdate ? xhci : undefined) ?? ohci;
  if (arch === "aarch64" || arch === "loongarch64") return xhci;
  if (flags.has("piix3-usb-uhci")) return "piix3-uhci";
  return isX86(arch) ? undefined : ohci;
}

function checkNode(controller: PciController, def: DomainDef) {
  const node = controller.target?.node;
  if (
    node === undefined ||
    (controller.model !== "pci-expander-bus" && controller.model !== "pcie-expander-bus")
  )
    return;
  const cells = def.cpu?.numa?.cells.length ?? 0;
  if (node < cells) return;
  throw new VirError(
    ErrorDomain.QEMU,
    ErrorCode.XML_ERROR,
    `${controller.model} with index ${controller.index} is configured for a NUMA node (${node}) not present in the domain's <cpu><numa> array (${cells})`,
  );
}
