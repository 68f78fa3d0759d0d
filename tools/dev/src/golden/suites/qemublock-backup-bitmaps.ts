import { backupBitmap } from "@libvirt-ts/driver-qemu/block";
import { chainOf } from "../block-chain.ts";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

/** The bitmap of an incremental backup. */
export const suite: Suite = {
  run(row, corpus) {
    const { chain } = chainOf(row, corpus);
    const names = { bitmap: String(row.incremental), target: "target_node", as: "target-bitmap-name" };
    const actions = backupBitmap(chain, names);
    return { got: { json: actions === undefined ? "NULL" : prettyJson(actions) } };
  },
};
