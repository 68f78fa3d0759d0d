import { formatSecret, parseSecret } from "@libvirt-ts/conf/secret";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({ got: { xml: formatSecret(parseSecret(corpus.text(row.input))) } }),
};
