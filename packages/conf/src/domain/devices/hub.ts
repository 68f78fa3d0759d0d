import { element, fixed, type Infer } from "@libvirt-ts/xml";
import { internalError, unsupported } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** A USB hub. */
export const Hub = element("hub", {
  type: fixed(
    "hub device type",
    attrOneOf("type", ["usb"], {
      required: true,
      refuse: (text) => unsupported(`unknown hub device type '${text}'`),
      missing: () => internalError("missing hub device type"),
    }),
  ),
  ...info,
});
export type Hub = Infer<typeof Hub>;
