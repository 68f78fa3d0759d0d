import { isBitmapWhole } from "@libvirt-ts/driver-qemu/block";
import { chainOf } from "../block-chain.ts";
import type { Suite } from "../suite.ts";

/** Bitmaps that can be relied on. */
export const suite: Suite = {
  run(row, corpus) {
    return { got: { result: JSON.stringify(isBitmapWhole(chainOf(row, corpus).chain, String(row.bitmap))) } };
  },
};
