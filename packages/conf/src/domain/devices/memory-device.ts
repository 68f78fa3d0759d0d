import {
  asTold,
  attr,
  attrOf,
  child,
  element,
  fixed,
  flag,
  hexOnlyLong,
  type Infer,
  leaf,
  nonNegativeInt,
  refusing,
  str,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath } from "../../types.ts";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { bitmap, kib, missingAmount, uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

const size = {
  sizeKiB: fixed("Target memory device size '%t' doesn't match source memory device size '%s'", kib("size")),
  node: fixed(
    "Target memory device targetNode '%t' doesn't match source targetNode '%s'",
    leaf(
      "node",
      refusing(nonNegativeInt, () => xmlError("invalid value of memory device node")),
    ),
  ),
};
const compareBases = asTold(
  "Target memory device address '%t' doesn't match source memory device address '%s'",
  (address) => `0x${((address as bigint | undefined) ?? 0n).toString(16)}`, // of the field
);
const base = {
  address: fixed(compareBases, attrOf("address", "base", hexOnlyLong)),
};
const paged = { nodemask: leaf("nodemask", bitmap), pagesizeKiB: kib("pagesize") };

/** A memory module. Sizes in KiB. */
export const MemoryDevice = element(
  "memory",
  {
    model: fixed(
      "Target memory device model '%t' doesn't match source model '%s'",
      attrOneOf("model", ["dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc"], { required: true }),
    ),
    access: attrOneOf("access", ["shared", "private"]),
    discard: attr("discard", yesNo),
    uuid: leaf("uuid", uuid),
    $model: variant("model", {
      dimm: {
        source: child(element("source", { ...paged })),
        target: child(element("target", size)),
      },
      nvdimm: {
        source: child(
          element("source", { path: leaf("path", str), alignsizeKiB: kib("alignsize"), pmem: flag("pmem") }),
        ),
        target: child(
          element("target", {
            ...size,
            label: child(element("label", { sizeKiB: kib("size", { where: "./label/size" }) })),
            readonly: flag("readonly"),
          }),
        ),
      },
      "virtio-pmem": {
        source: child(element("source", { path: leaf("path", absPath) })),
        target: child(element("target", { ...size, ...base })),
      },
      "virtio-mem": {
        source: child(element("source", { ...paged })),
        target: child(
          element("target", {
            dynamicMemslots: fixed(
              "Target memory device 'dynamicMemslots' property doesn't match source memory device",
              attr("dynamicMemslots", yesNo),
            ),
            ...size,
            blockKiB: fixed(
              "Target memory device block size '%t' doesn't match source memory device block size '%s'",
              kib("block"),
            ),
            requestedKiB: fixed(
              "Target memory device requested size '%t' doesn't match source memory device requested size '%s'",
              kib("requested"),
            ),
            currentKiB: kib("current"),
            ...base,
          }),
        ),
      },
      "sgx-epc": {
        source: child(element("source", { nodemask: paged.nodemask })),
        target: child(element("target", size)),
      },
    }),
    ...info,
  },
  {
    read({ model, target }) {
      if (target === undefined) throw xmlError("missing <target> element for <memory> device");
      if (target.sizeKiB === undefined) throw missingAmount("./size");
      if (model === "virtio-mem") Object.assign(target, { blockKiB: 0, requestedKiB: 0, ...target });
    },
  },
);
export type MemoryDevice = Infer<typeof MemoryDevice>;
