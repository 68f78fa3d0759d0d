import { candidateOfGuest, formatGuestCpu, modelOfAny, readGuestCpu } from "@libvirt-ts/cpu";
import { parseXml } from "@libvirt-ts/xml";
import { archOf, cpuInput, inputText } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const arch = archOf(row);
    const host = modelOfAny(cpuInput(row, corpus, "host"));
    const read = readGuestCpu(parseXml(inputText(row, corpus, "cpu")));
    const guest = arch.modernise?.(read) ?? read;
    const { result } = arch.compare(host, candidateOfGuest(guest));
    if (result === "incompatible") return { error: "incompatible" };
    const updated = arch.update?.(guest, host, "disable") ?? guest;
    const models = row.models as string[] | undefined; // the README's format
    const translated =
      (models &&
        arch.translate?.(
          updated,
          models.map((name) => ({ name })),
        )) ??
      updated;
    return { got: { xml: formatGuestCpu(translated) } };
  },
};
