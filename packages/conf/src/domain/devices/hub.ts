import { element, fixed, type Infer } from "@libvirt-ts/xml";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** A USB hub. */
export const Hub = element("hub", {
  type: fixed("hub device type", attrOneOf("type", ["usb"], { required: true })),
  ...info,
});
export type Hub = Infer<typeof Hub>;
