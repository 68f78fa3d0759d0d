import {
  attr,
  attrOf,
  child,
  element,
  fixed,
  type Infer,
  int,
  onOff,
  onOffDefault,
  type Scalar,
} from "@libvirt-ts/xml";
import { nonZero } from "../../types.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

/** Nothing to wait for is no wish for statistics. */
const positiveOrNone: Scalar<number | undefined> = {
  ...int,
  parse: (text, from, name) => Math.max(int.parse(text, from, name), 0) || undefined,
  format: (value) => (value ? String(value) : undefined),
};

/** Lets the host take memory back from the guest. `statsPeriod`: seconds between statistics. */
export const Memballoon = element(
  "memballoon",
  {
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
    statsPeriod: attrOf("stats", "period", nonZero(positiveOrNone)),
    ...info,
    driver: child(element("driver", virtioOptions)),
  },
  { view: (balloon) => (balloon.model === "none" ? { model: balloon.model } : balloon) },
);
export type Memballoon = Infer<typeof Memballoon>;
