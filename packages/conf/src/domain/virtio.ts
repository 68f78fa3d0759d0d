import { attr, fixed, onOff } from "@libvirt-ts/xml";

const option = (name: string) =>
  fixed("Target device virtio options don't match the source", attr(name, onOff));

/** Options of any virtio device, on its `<driver>`. */
export const virtioOptions = {
  iommu: option("iommu"),
  ats: option("ats"),
  packed: option("packed"),
  pagePerVq: option("page_per_vq"),
};
