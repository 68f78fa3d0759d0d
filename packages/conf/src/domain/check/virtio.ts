import { type AnyDevice, allDevices } from "../device.ts";
import type { Devices } from "../devices/devices.ts";
import { unsupported } from "../errors.ts";

interface VirtioDriver {
  iommu?: boolean | undefined;
  ats?: boolean | undefined;
  packed?: boolean | undefined;
  pagePerVq?: boolean | undefined;
}

/** How each is called when it is refused. */
const options = [
  ["iommu", "iommu driver option"],
  ["ats", "ats driver option"],
  ["packed", "packed driver option"],
  ["pagePerVq", "page_per_vq option"],
] as const;

/** Options of virtio's transport are for virtio devices. */
export function checkVirtioOptions(devices: Devices): void {
  for (const each of allDevices(devices)) {
    if (isVirtio(each) !== false) continue;
    const { driver } = each.device as { driver?: VirtioDriver | undefined }; // of the kinds below, all have one
    const wrong = options.find(([field]) => driver?.[field] !== undefined);
    if (wrong) throw unsupported(`${wrong[1]} is only supported for virtio devices`);
  }
}

/** Undefined: a kind that either is always virtio's, or has no such options. */
function isVirtio({ kind, device }: AnyDevice): boolean | undefined {
  switch (kind) {
    case "disk":
      return device.target.bus === "virtio";
    case "interface":
      return device.model?.startsWith("virtio") === true;
    case "input":
      return device.bus === "virtio";
    case "video":
      return device.model?.type === "virtio";
    case "controller":
      if (device.type === "scsi") return device.model?.startsWith("virtio") === true;
      return device.type === "virtio-serial";
    default:
      return undefined;
  }
}
