import type { Hostdev } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";
import { addressProps, controllerAlias, findController } from "./address-props.ts";
import { imageParts } from "./block-nodes.ts";
import { bootIndexOf, loadparmOf } from "./boot-index.ts";
import { isUnitAddressed } from "./disk.ts";
import type { ImageLayer } from "./image-layer.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";
import { romProps } from "./rom.ts";
import { virtioProps } from "./virtio.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);
const hex = (value: number, width: number) => value.toString(16).padStart(width, "0");

export function hostdevParts(hostdev: Hostdev, context: DeviceContext): Part[] {
  switch (hostdev.type) {
    case "usb":
      return [devicePart(usbProps(hostdev, context))];
    case "pci":
      return [devicePart(pciProps(hostdev, context))];
    case "scsi":
      return scsiParts(hostdev, context);
    case "scsi_host": {
      const id = aliasOf(hostdev);
      const fd = context.fds.use(context.resources.device(id, "vhost-scsi"));
      return [
        devicePart({
          ...virtioProps("vhost-scsi", hostdev),
          wwpn: hostdev.source?.wwpn,
          vhostfd: String(fd),
          id,
          ...addressProps(context.def, hostdev),
        }),
      ];
    }
    case "mdev":
      return [devicePart(mdevProps(hostdev, context))];
    default:
      return [];
  }
}

type Of<T extends Hostdev["type"]> = Extract<Hostdev, { type: T }>;

function usbProps(hostdev: Of<"usb">, context: DeviceContext): Props {
  const { source } = hostdev;
  const { bus = 0, device = 0 } = source?.address ?? {};
  const byNode = context.caps.flags.has("usb-host.hostdevice");
  const reset = source?.guestReset;
  return {
    driver: "usb-host",
    ...(byNode
      ? { hostdevice: `/dev/bus/usb/${String(bus).padStart(3, "0")}/${String(device).padStart(3, "0")}` }
      : { hostbus: bus, hostaddr: device }),
    id: aliasOf(hostdev),
    bootindex: bootIndexOf(hostdev, context),
    "guest-reset": reset === undefined ? undefined : reset !== "off",
    "guest-resets-all": reset === undefined || reset === "off" ? undefined : reset === "on",
    ...addressProps(context.def, hostdev),
  };
}

export function pciProps(hostdev: Of<"pci">, context: DeviceContext): Props {
  const { domain = 0, bus = 0, slot = 0, function: fn = 0 } = hostdev.source?.address ?? {};
  return {
    driver: hostdev.ramfb === true ? "vfio-pci-nohotplug" : "vfio-pci",
    host: `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`,
    id: aliasOf(hostdev),
    ...displayProps(hostdev),
    bootindex: bootIndexOf(hostdev, context),
    failover_pair_id: hostdev.teaming?.type === "transient" ? hostdev.teaming.persistent : undefined,
    ...addressProps(context.def, hostdev),
    ...romProps(hostdev.rom),
  };
}

/** Whether the guest sees the screen of a graphics card, and from the first moment on. */
const displayProps = ({ display, ramfb }: Of<"pci" | "mdev">): Props => ({
  display: display === undefined ? undefined : display ? "on" : "off",
  ramfb: ramfb === true ? true : undefined,
});

function mdevProps(hostdev: Of<"mdev">, context: DeviceContext): Props {
  const isPci = hostdev.model === "vfio-pci";
  return {
    driver: isPci && hostdev.ramfb === true ? "vfio-pci-nohotplug" : hostdev.model,
    id: aliasOf(hostdev),
    sysfsdev: `/sys/bus/mdev/devices/${hostdev.source?.address?.uuid}`,
    ...displayProps(hostdev),
    bootindex: bootIndexOf(hostdev, context),
    loadparm: loadparmOf(hostdev, context),
    ...addressProps(context.def, hostdev),
  };
}

function scsiParts(hostdev: Of<"scsi">, context: DeviceContext): Part[] {
  const id = aliasOf(hostdev);
  const { source } = hostdev;
  const node = context.hostdevNode?.(hostdev) ?? `libvirt-${id}-backend`;
  const layer: ImageLayer = {
    place:
      source?.protocol === "iscsi"
        ? {
            type: "network",
            source: {
              protocol: "iscsi",
              name: source.name,
              hosts: source.hosts,
              initiator: source.initiator,
              auth: source.auth,
              seclabels: [],
            },
          }
        : { type: "block", source: { dev: context.scsiGeneric?.(hostdev) ?? "/dev/sg0", seclabels: [] } },
    format: "raw",
    names: { storage: node, format: node, slice: node },
    readonly: hostdev.readonly === true,
  };
  return [...imageParts(layer, context), devicePart(scsiProps(hostdev, node, id, context))];
}

function scsiProps(hostdev: Of<"scsi">, drive: string, id: string, context: DeviceContext): Props {
  const { def } = context;
  const { address } = hostdev;
  if (address?.type !== "drive") throw unsupported("SCSI host device must use 'drive' address type");
  const controller = findController(def, "scsi", address.controller);
  const alias = controllerAlias(def, "scsi", address.controller);
  const isSingle = controller?.type === "scsi" && isUnitAddressed(controller.model);
  return {
    driver: "scsi-generic",
    drive,
    id,
    ...(isSingle
      ? { bus: `${alias}.${address.bus}`, "scsi-id": address.unit }
      : { bus: `${alias}.0`, channel: address.bus, "scsi-id": address.target, lun: address.unit }),
    bootindex: bootIndexOf(hostdev, context),
  };
}
