import { attr, element, type Infer, list, str, yesNo } from "@libvirt-ts/xml";
import { chardevSource, checkChardevSource } from "../chardev.ts";
import { internalError } from "../errors.ts";
import { bootInfo } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** A USB device of the client's machine, redirected into the guest. */
export const Redirdev = element(
  "redirdev",
  {
    bus: attrOneOf("bus", ["usb"], { default: "usb" }),
    source: chardevSource,
    ...bootInfo,
  },
  {
    read(device, from) {
      if (from.attrs.type === undefined) throw internalError("missing type in redirdev");
      checkChardevSource(device.source, from, false);
    },
  },
);
export type Redirdev = Infer<typeof Redirdev>;

/** Which devices may be redirected: hexadecimal numbers, absent means any. */
export const Redirfilter = element("redirfilter", {
  usbdevs: list(
    element("usbdev", {
      class: attr("class", str, { omit: "-1" }),
      vendor: attr("vendor", str, { omit: "-1" }),
      product: attr("product", str, { omit: "-1" }),
      version: attr("version", str, { omit: "-1" }),
      allow: attr("allow", yesNo, { required: true }),
    }),
  ),
});
export type Redirfilter = Infer<typeof Redirfilter>;
