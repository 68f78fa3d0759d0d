import { modelOfAny } from "@libvirt-ts/cpu";
import { VirError } from "@libvirt-ts/errors";
import { archOf, cpuInput } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const host = modelOfAny(cpuInput(row, corpus, "host"));
    try {
      const has = archOf(row).hasFeature?.(host, String(row.feature));
      return { got: { result: has ? "YES" : "NO" } };
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      return { got: { result: "FAIL" }, error: error.message };
    }
  },
};
