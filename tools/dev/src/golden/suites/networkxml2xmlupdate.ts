import {
  formatNetwork,
  parseNetwork,
  updateCommands,
  updateNetwork,
  updateSections,
} from "@libvirt-ts/conf/network";
import type { Ref } from "../corpus.ts";
import type { Suite } from "../suite.ts";

/** One change of one section. */
export const suite: Suite = {
  run(row, corpus) {
    const { update } = row.inputs as { update: Ref }; // the suite's rows
    const changed = updateNetwork(parseNetwork(corpus.text(row.input)), {
      command: numberOf(updateCommands, row.command, "VIR_NETWORK_UPDATE_COMMAND_"),
      section: numberOf(updateSections, row.section, "VIR_NETWORK_SECTION_"),
      parentIndex: Number(row.parentIndex),
      xml: corpus.text(update),
    });
    return { got: { xml: formatNetwork(changed, { inactive: row.formatInactive === true }) } };
  },
};

/** The number of a constant of libvirt's headers: `VIR_NETWORK_SECTION_DNS_HOST` is `dns-host`. */
function numberOf(table: Readonly<Record<string, number>>, constant: unknown, prefix: string): number {
  const name = String(constant).slice(prefix.length).toLowerCase().replaceAll("_", "-");
  return table[name] ?? Number.NaN;
}
