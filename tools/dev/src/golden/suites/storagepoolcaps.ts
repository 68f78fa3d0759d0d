import { formatStoragePoolCapabilities, storagePoolTypes } from "@libvirt-ts/conf/storage";
import type { Suite } from "../suite.ts";

/** The capabilities of a host that supports some types of pools. */
export const suite: Suite = {
  run(row) {
    const wanted = row.supported;
    const supported = storagePoolTypes.filter(
      (type) =>
        wanted === "all" || (Array.isArray(wanted) && (wanted.includes(type) || wanted.includes("all"))),
    );
    return { got: { xml: formatStoragePoolCapabilities(supported) } };
  },
};
