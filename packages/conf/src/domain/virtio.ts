import { attr, onOff } from "@libvirt-ts/xml";

/** Options of any virtio device, on its `<driver>`. */
export const virtioOptions = {
  iommu: attr("iommu", onOff),
  ats: attr("ats", onOff),
  packed: attr("packed", onOff),
  pagePerVq: attr("page_per_vq", onOff),
};
