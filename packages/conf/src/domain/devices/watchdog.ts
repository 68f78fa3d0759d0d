import { element, fixed, type Infer } from "@libvirt-ts/xml";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** Resets (or whatever `action` says) the guest when it stops responding. */
export const Watchdog = element("watchdog", {
  model: fixed(
    "watchdog model",
    attrOneOf("model", ["i6300esb", "ib700", "diag288", "itco"], { required: true }),
  ),
  action: attrOneOf("action", ["reset", "shutdown", "poweroff", "pause", "dump", "none", "inject-nmi"], {
    default: "reset",
  }),
  ...info,
});
export type Watchdog = Infer<typeof Watchdog>;
