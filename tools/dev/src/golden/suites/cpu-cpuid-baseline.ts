import { formatGuestCpu, modelOfGuest, parseGuestCpu } from "@libvirt-ts/cpu";
import { archOf } from "../cpu.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const { cpus } = row.inputs as { cpus: string[] }; // the README's format
    const models = cpus.map((path) => modelOfGuest(parseGuestCpu(corpus.text(path))));
    const common = archOf(row).baseline?.(models, {});
    return common ? { got: { xml: formatGuestCpu(common) } } : { error: "no baseline" };
  },
};
