import type { Address } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";

/** What `<driver>` of a virtio device may say. */
export interface VirtioOptions {
  iommu?: boolean | undefined;
  ats?: boolean | undefined;
  packed?: boolean | undefined;
  pagePerVq?: boolean | undefined;
}

interface VirtioDevice {
  model?: string | undefined;
  address?: Address | undefined;
  driver?: VirtioOptions | undefined;
}

/** `virtio-blk` plus the transport its address stands for. */
export function virtioDriver(base: string, { model, address }: VirtioDevice): string {
  if (address?.type === "pci") {
    if (model === "virtio-transitional") return `${base}-pci-transitional`;
    if (model === "virtio-non-transitional") return `${base}-pci-non-transitional`;
  }
  switch (address?.type) {
    case "pci":
      return `${base}-pci`;
    case "ccw":
      return `${base}-ccw`;
    case "virtio-mmio":
      return `${base}-device`;
    case undefined:
    case "unassigned":
      return `${base}-pci`;
    default:
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.CONFIG_UNSUPPORTED,
        `Unexpected address type for '${base}'`,
      );
  }
}

export const virtioOptions = (driver: VirtioOptions | undefined): Props => ({
  iommu_platform: driver?.iommu,
  ats: driver?.ats,
  packed: driver?.packed,
  "page-per-vq": driver?.pagePerVq,
});

/** The beginning of the properties of any virtio device. */
export const virtioProps = (base: string, device: VirtioDevice): Props => ({
  driver: virtioDriver(base, device),
  ...virtioOptions(device.driver),
});
