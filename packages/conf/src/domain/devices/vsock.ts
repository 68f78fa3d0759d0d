import { attr, child, element, fixed, type Infer, uint, yesNo } from "@libvirt-ts/xml";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

/** Sockets between guest and host. */
export const Vsock = element(
  "vsock",
  {
    model: fixed(
      "Target domain vsock device model '%t' does not match source '%s'",
      attrOneOf("model", ["default", "virtio", "virtio-transitional", "virtio-non-transitional"], {
        omit: "default",
      }),
    ),
    cid: child(element("cid", { auto: attr("auto", yesNo), address: attr("address", uint, { omit: 0 }) })),
    ...info,
    driver: child(element("driver", virtioOptions)),
  },
  {
    keepEmpty: true,
    read(vsock) {
      vsock.cid ??= {};
      vsock.cid.auto ??= !vsock.cid.address;
    },
  },
);
export type Vsock = Infer<typeof Vsock>;
