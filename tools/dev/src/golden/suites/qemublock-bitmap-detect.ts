import { chainOf } from "../block-chain.ts";
import type { Suite } from "../suite.ts";

/** What QEMU tells of the bitmaps and snapshots in images. */
export const suite: Suite = {
  run(row, corpus) {
    const { chain, known } = chainOf(row, corpus);
    let out = "";
    for (const { "node-name": node, image, "dirty-bitmaps": bitmaps = [] } of chain) {
      if (!known.has(node)) continue;
      out += `${node}:\n`;
      if (image["format-specific"]?.data?.compat === "0.10") out += " qcow2 v2\n";
      const { snapshots = [] } = image;
      if (snapshots.length > 0) {
        const shown = snapshots.map(
          ({ name, "vm-state-size": size }) => ` '${name}'${size > 0 ? "(*)" : ""}`,
        );
        out += ` internal snapshots:${shown.join("")}\n`;
      }
      for (const {
        name = "",
        recording,
        busy,
        persistent,
        inconsistent = false,
        granularity,
        count,
      } of bitmaps)
        out += ` ${name.padStart(8)}: record:${+recording} busy:${+busy} persist:${+persistent} inconsist:${+inconsistent} gran:${granularity} dirty:${count}\n`;
    }
    return { got: { out } };
  },
};
