import {
  absentIs,
  attr,
  child,
  element,
  fixed,
  type Infer,
  onOff,
  onOffDefault,
  uint,
} from "@libvirt-ts/xml";
import { uint8 } from "../../types.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** What is told of an option that differs. */
const option = (name: string) => `Target domain IOMMU device ${name} '%t' does not match source '%s'`;

const IommuDriver = element("driver", {
  intremap: fixed(onOffDefault(option("intremap value")), attr("intremap", onOff)),
  cachingMode: fixed(onOffDefault(option("caching mode")), attr("caching_mode", onOff)),
  eim: fixed(onOffDefault(option("eim value")), attr("eim", onOff)),
  iotlb: fixed(onOffDefault(option("iotlb value")), attr("iotlb", onOff)),
  awBits: fixed(absentIs(0, option("aw_bits value")), attr("aw_bits", uint8(uint))),
  dmaTranslation: fixed(onOffDefault(option("dma translation")), attr("dma_translation", onOff)),
});

/** Address translation for devices. */
export const Iommu = element(
  "iommu",
  {
    model: fixed(
      "Target domain IOMMU device model '%t' does not match source '%s'",
      attrOneOf("model", ["intel", "smmuv3", "virtio"], { required: true }),
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
