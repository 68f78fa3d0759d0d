import { formatGuestCpu, modelOfAny, readGuestCpu } from "@libvirt-ts/cpu";
import { parseXml } from "@libvirt-ts/xml";
import { archOf, cpuInput, inputText } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const arch = archOf(row);
    const host = modelOfAny(cpuInput(row, corpus, "host"));
    const guest = readGuestCpu(parseXml(inputText(row, corpus, "cpu")));
    const updated = arch.update?.(guest, arch.migratable?.(host) ?? host, "disable") ?? guest;
    return { got: { xml: formatGuestCpu(updated) } };
  },
};
