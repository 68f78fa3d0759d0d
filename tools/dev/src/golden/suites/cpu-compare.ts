import { VirError } from "@libvirt-ts/errors";
import { archOf, candidateOf, cpuInput, modelOf } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const host = modelOf(cpuInput(row, corpus, "host"));
    try {
      const { result } = archOf(row).compare(host, candidateOf(cpuInput(row, corpus, "cpu")));
      return { got: { result: result.toUpperCase() } };
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      return { got: { result: "ERROR" }, error: error.message };
    }
  },
};
