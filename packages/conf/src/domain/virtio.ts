import { attr, fixed, onOff, onOffDefault } from "@libvirt-ts/xml";

/** Where one of the two has no `<driver>` at all, that is what differs. */
const option = (name: string) => {
  const compare = onOffDefault(`Target device ${name} option '%t' does not match source '%s'`);
  return fixed(
    (source, target, from, to) => {
      const isSomewhereEmpty = [from, to].some((driver) => Object.keys(driver).length === 0);
      const change = compare(source, target, from, to);
      return change && isSomewhereEmpty ? "Target device virtio options don't match the source" : change;
    },
    attr(name, onOff),
  );
};

/** Options of any virtio device, on its `<driver>`. */
export const virtioOptions = {
  iommu: option("iommu"),
  ats: option("ats"),
  packed: option("packed"),
  pagePerVq: option("page_per_vq"),
};
