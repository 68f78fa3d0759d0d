import type { Iommu } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";

const onOff = (value: boolean | undefined) => (value === undefined ? undefined : value ? "on" : "off");

/** The SMMU of an Arm board is an option of the machine. */
export function iommuParts(iommu: Iommu, { def }: DeviceContext): Part[] {
  const { driver } = iommu;
  switch (iommu.model) {
    case "intel":
      return [
        devicePart({
          driver: "intel-iommu",
          id: aliasOf(iommu),
          intremap: onOff(driver?.intremap),
          "caching-mode": driver?.cachingMode,
          eim: onOff(driver?.eim),
          "device-iotlb": driver?.iotlb,
          "aw-bits": driver?.awBits || undefined,
          "dma-translation": driver?.dmaTranslation,
        }),
      ];
    case "virtio":
      return [devicePart({ driver: "virtio-iommu", id: aliasOf(iommu), ...addressProps(def, iommu) })];
    default:
      return [];
  }
}
