import { asTold, attr, element, fixed, type Infer, list, str, strictly, yesNo } from "@libvirt-ts/xml";
import { chardevSourceRefusing, readChardev } from "../chardev.ts";
import { internalError, unsupported } from "../errors.ts";
import { bootInfo } from "../info.ts";
import { attrOneOf } from "../words.ts";

const compareSourceTypes = asTold(
  "Target redirected device source type %t does not match source device source type %s",
  (source) => (source as { type?: string } | undefined)?.type, // of the field
);

const clientSource = chardevSourceRefusing((text) =>
  unsupported(`unknown redirdev character device type '${text}'`),
);

/** A USB device of the client's machine, redirected into the guest. */
export const Redirdev = element(
  "redirdev",
  {
    bus: fixed(
      "redirected device bus",
      attrOneOf("bus", ["usb"], {
        default: "usb",
        refuse: (text) => unsupported(`unknown redirdev bus '${text}'`),
      }),
    ),
    source: fixed(compareSourceTypes, clientSource),
    ...bootInfo,
  },
  {
    read(device, from) {
      if (from.attrs.type === undefined) throw internalError("missing type in redirdev");
      readChardev(device.source, from);
    },
  },
);
export type Redirdev = Infer<typeof Redirdev>;

/** Which devices may be redirected: hexadecimal numbers, absent means any. */
export const Redirfilter = element("redirfilter", {
  usbdevs: fixed(
    "Target domain USB redirection filter count %t does not match source %s",
    list(
      element("usbdev", {
        class: attr(
          "class",
          strictly(str, /-1|(?:0x)?[0-9a-fA-F]{1,2}/, "-1 or up to two hexadecimal digits"),
          { omit: "-1" },
        ),
        vendor: attr(
          "vendor",
          strictly(str, /-1|(?:0x)?[0-9a-fA-F]{1,4}/, "-1 or up to four hexadecimal digits"),
          { omit: "-1" },
        ),
        product: attr(
          "product",
          strictly(str, /-1|(?:0x)?[0-9a-fA-F]{1,4}/, "-1 or up to four hexadecimal digits"),
          { omit: "-1" },
        ),
        version: attr("version", strictly(str, /-1|\d{1,2}.\d{1,2}/, "-1 or a version like 1.10"), {
          omit: "-1",
        }),
        allow: attr("allow", yesNo, { required: true }),
      }),
    ),
  ),
});
export type Redirfilter = Infer<typeof Redirfilter>;
