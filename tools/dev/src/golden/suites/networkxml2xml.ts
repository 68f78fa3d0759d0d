import { formatNetwork, parseNetwork } from "@libvirt-ts/conf/network";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run(row, corpus) {
    const inactive = row.flags?.includes("VIR_NETWORK_XML_INACTIVE") === true;
    return { got: { xml: formatNetwork(parseNetwork(corpus.text(row.input)), { inactive }) } };
  },
};
