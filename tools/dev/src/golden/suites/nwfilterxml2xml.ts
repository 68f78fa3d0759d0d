import { formatNwfilter, parseNwfilter } from "@libvirt-ts/conf/nwfilter";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({ got: { xml: formatNwfilter(parseNwfilter(corpus.text(row.input))) } }),
};
