import { commitBitmaps } from "@libvirt-ts/driver-qemu/block";
import { chainOf } from "../block-chain.ts";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

/** Bitmaps of images that are committed into one below. */
export const suite: Suite = {
  run(row, corpus) {
    const actions = commitBitmaps(chainOf(row, corpus).chain, Number(row.top) - 1, Number(row.base) - 1);
    const json = actions.length === 0 ? "NULL" : prettyJson(actions);
    return { got: { out: `merge bitmpas:\n${json}` } };
  },
};
