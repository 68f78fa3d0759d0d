import { candidateOfAny, modelOfAny } from "@libvirt-ts/cpu";
import { VirError } from "@libvirt-ts/errors";
import { archOf, cpuInput } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const host = modelOfAny(cpuInput(row, corpus, "host"));
    try {
      const { result } = archOf(row).compare(host, candidateOfAny(cpuInput(row, corpus, "cpu")));
      return { got: { result: result.toUpperCase() } };
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      return { got: { result: "ERROR" }, error: error.message };
    }
  },
};
