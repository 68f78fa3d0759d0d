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

/** Undefined: of these nobody asks. */
function isVirtio({ kind, device }: AnyDevice): boolean | undefined {
  switch (kind) {
    case "disk":
      return device.target.bus === "virtio";
    case "interface":
      return device.model?.startsWith("virtio") === true;
    case "video":
      return device.model?.type === "virtio";
    default:
      return undefined;
  }
}
