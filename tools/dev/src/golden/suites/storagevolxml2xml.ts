import { formatStorageVolume, parseStoragePool, parseStorageVolume } from "@libvirt-ts/conf/storage";
import type { Ref } from "../corpus.ts";
import type { Suite } from "../suite.ts";

/** Parse and format a volume of a pool. */
export const suite: Suite = {
  run(row, corpus) {
    const inputs = row.inputs as { pool: Ref }; // the suite's rows
    const pool = parseStoragePool(corpus.text(inputs.pool));
    const options = row.flags?.includes("VIR_VOL_XML_PARSE_NO_CAPACITY")
      ? { capacityOptional: "always" as const }
      : row.flags?.includes("VIR_VOL_XML_PARSE_OPT_CAPACITY")
        ? { capacityOptional: "with-backing" as const }
        : {};
    const volume = parseStorageVolume(corpus.text(row.input), pool, options);
    return { got: { xml: formatStorageVolume(volume, pool) } };
  },
};
