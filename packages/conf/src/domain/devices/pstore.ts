import { element, fixed, type Infer, leaf, str } from "@libvirt-ts/xml";
import { info } from "../info.ts";
import { kib, missingAmount } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

/** Keeps the last words of a crashing kernel in a file of the host. */
export const Pstore = element(
  "pstore",
  {
    backend: fixed(
      "Target pstore device backend '%t' does not match source '%s'",
      attrOneOf("backend", ["acpi-erst"], { required: true }),
    ),
    path: leaf("path", str),
    sizeKiB: fixed("Target pstore size '%t' does not match source '%s'", kib("size")),
    ...info,
  },
  {
    read({ sizeKiB }) {
      if (sizeKiB === undefined) throw missingAmount("./size");
    },
  },
);
export type Pstore = Infer<typeof Pstore>;
