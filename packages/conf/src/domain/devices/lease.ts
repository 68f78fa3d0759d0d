import { attr, child, element, type Infer, leaf, str, ulong } from "@libvirt-ts/xml";
import { xmlError } from "../errors.ts";

/** A lock on a file, held as long as the guest runs. */
export const Lease = element("lease", {
  lockspace: leaf("lockspace", str),
  key: leaf("key", str, { required: true, missing: () => xmlError("Missing 'key' element for lease") }),
  target: child(
    element("target", {
      path: attr("path", str, {
        required: true,
        missing: () => xmlError("Missing 'path' attribute to 'target' element for lease"),
      }),
      offset: attr("offset", ulong, { omit: 0n }),
    }),
    { required: true, missing: () => xmlError("Missing 'target' element for lease") },
  ),
});
export type Lease = Infer<typeof Lease>;
