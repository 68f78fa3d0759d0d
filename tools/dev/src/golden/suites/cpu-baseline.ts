import { candidateOfGuest, formatGuestCpu, modelOfAny, readAnyCpu } from "@libvirt-ts/cpu";
import { childrenNamed, parseXml } from "@libvirt-ts/xml";
import { archOf } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const arch = archOf(row);
    const cpus = childrenNamed(parseXml(corpus.text(row.input)), "cpu").map((each) =>
      modelOfAny(readAnyCpu(each)),
    );
    const migratable = row.flags?.includes("VIR_CONNECT_BASELINE_CPU_MIGRATABLE") === true;
    const common = arch.baseline?.(cpus, { migratable });
    if (!common) return { error: "no baseline" };
    for (const cpu of cpus) {
      const { result } = arch.compare(cpu, candidateOfGuest(common));
      if (result === "incompatible") return { error: "the result is not compatible with all of them" };
    }
    const expands = row.flags?.includes("VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES");
    return { got: { xml: formatGuestCpu((expands && arch.expand?.(common)) || common) } };
  },
};
