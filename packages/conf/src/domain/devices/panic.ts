import { element, fixed, type Infer } from "@libvirt-ts/xml";
import { unsupported } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf } from "../words.ts";

/** Tells the host that the guest's kernel crashed. */
export const Panic = element(
  "panic",
  {
    model: fixed(
      "Target panic model '%t' does not match source '%s'",
      attrOneOf("model", ["isa", "pseries", "hyperv", "s390", "pvpanic"], {
        refuse: (text) => unsupported(`unknown panic model '${text}'`),
      }),
    ),
    ...info,
  },
  { keepEmpty: true },
);
export type Panic = Infer<typeof Panic>;
