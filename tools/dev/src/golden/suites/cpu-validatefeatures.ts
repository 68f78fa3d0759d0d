import { parseXml } from "@libvirt-ts/xml";
import { archOf, modelOf, readCpu } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    archOf(row).checkFeatures?.(modelOf(readCpu(parseXml(corpus.text(row.input)))));
    return { got: { result: "0" } };
  },
};
