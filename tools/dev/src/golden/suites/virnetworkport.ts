import { formatNetworkPort, parseNetworkPort } from "@libvirt-ts/conf/network";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({ got: { xml: formatNetworkPort(parseNetworkPort(corpus.text(row.input))) } }),
};
