import { type FeatureWord, formatCpuid, readFeatureWords } from "@libvirt-ts/cpu";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const reply = JSON.parse(corpus.text(row.input)) as { return: FeatureWord[] }; // QEMU's schema
    return { got: { data: formatCpuid(readFeatureWords(reply.return)) } };
  },
};
