import { removeBitmap } from "@libvirt-ts/driver-qemu/block";
import { chainOf } from "../block-chain.ts";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

/** What deleting a checkpoint takes. */
export const suite: Suite = {
  run(row, corpus) {
    const removal = removeBitmap(chainOf(row, corpus).chain, String(row.bitmap));
    if (removal === undefined) return { got: { json: "NULL" } };
    const { actions, reopen } = removal;
    const nodes = reopen.length === 0 ? "" : `reopen nodes:\n${reopen.map((node) => `${node}\n`).join("")}`;
    return { got: { json: prettyJson(actions) + nodes } };
  },
};
