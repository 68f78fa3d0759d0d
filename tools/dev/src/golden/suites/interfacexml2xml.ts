import { formatInterface, parseInterface } from "@libvirt-ts/conf/interface";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({ got: { xml: formatInterface(parseInterface(corpus.text(row.input))) } }),
};
