import { formatNwfilterBinding, parseNwfilterBinding } from "@libvirt-ts/conf/nwfilter";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({
    got: { xml: formatNwfilterBinding(parseNwfilterBinding(corpus.text(row.input))) },
  }),
};
