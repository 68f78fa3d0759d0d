import { MacMap } from "@libvirt-ts/driver-network";
import type { Ref } from "../corpus.ts";
import type { Suite } from "../suite.ts";

type Added = { add: { domain: string; macs: string[] }[] };

/** Addresses of domains: read and looked up, or gathered and written. */
export const suite: Suite = {
  run(row, corpus) {
    if (typeof row.domain === "string") {
      const map = MacMap.parse(corpus.text(row.input));
      return { got: { macs: JSON.stringify(map.lookup(row.domain)) } };
    }
    const { add } = row.input as Ref & Added; // the suite's rows
    return { got: { json: MacMap.from(add).format() } };
  },
};
