import { attr, attrOf, child, element, fixed, type Infer, int, onOff, onOffDefault } from "@libvirt-ts/xml";
import { nonZero } from "../../types.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

/** Lets the host take memory back from the guest. `statsPeriod`: seconds between statistics. */
export const Memballoon = element("memballoon", {
  model: fixed(
    "balloon model",
    attrOneOf("model", ["virtio", "xen", "none", "virtio-transitional", "virtio-non-transitional"], {
      required: true,
    }),
  ),
  autodeflate: fixed(
    onOffDefault("Target balloon autodeflate attribute value '%t' does not match source '%s'"),
    attr("autodeflate", onOff),
  ),
  freePageReporting: fixed(
    onOffDefault("Target balloon freePageReporting attribute value '%t' does not match source '%s'"),
    attr("freePageReporting", onOff),
  ),
  statsPeriod: attrOf("stats", "period", nonZero(int)),
  ...info,
  driver: child(element("driver", virtioOptions)),
});
export type Memballoon = Infer<typeof Memballoon>;
