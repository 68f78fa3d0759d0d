import { mergeBitmaps } from "@libvirt-ts/driver-qemu/block";
import { chainOf } from "../block-chain.ts";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

const mirror = "mirror-format-node";

/** Bitmaps that go along when a disk is copied. */
export const suite: Suite = {
  run(row, corpus) {
    const { chain } = chainOf(row, corpus);
    const copied = row.shallow === true ? chain.slice(0, 1) : chain;
    return { got: { json: prettyJson(mergeBitmaps(copied, { target: mirror, activeWrites: mirror })) } };
  },
};
