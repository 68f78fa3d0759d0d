import { formatStoragePool, parseStoragePool } from "@libvirt-ts/conf/storage";
import type { Suite } from "../suite.ts";

/** Parse and format. */
export const suite: Suite = {
  run: (row, corpus) => ({ got: { xml: formatStoragePool(parseStoragePool(corpus.text(row.input))) } }),
};
