import { attr, child, element, fixed, type Infer, onOff, uint } from "@libvirt-ts/xml";
import { uint8 } from "../../types.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

const IommuDriver = element("driver", {
  intremap: attr("intremap", onOff),
  cachingMode: attr("caching_mode", onOff),
  eim: attr("eim", onOff),
  iotlb: attr("iotlb", onOff),
  awBits: attr("aw_bits", uint8(uint)),
  dmaTranslation: attr("dma_translation", onOff),
  xtsup: attr("xtsup", onOff),
  passthrough: attr("pt", onOff),
});

/** Address translation for devices. */
export const Iommu = element(
  "iommu",
  {
    model: fixed(
      "Target domain IOMMU device model '%t' does not match source '%s'",
      attrOneOf("model", ["intel", "smmuv3", "virtio", "amd"], { required: true }),
    ),
    driver: child(IommuDriver),
    ...info,
  },
  {
    read({ model, driver }) {
      if (model !== "virtio" || !driver) return;
      const { awBits: _, ...others } = driver;
      if (Object.values(others).some((value) => value !== undefined)) {
        throw xmlError("iommu model 'virtio' doesn't support additional attributes");
      }
    },
  },
);
export type Iommu = Infer<typeof Iommu>;
