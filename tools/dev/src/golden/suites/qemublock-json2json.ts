import { parseBacking, targetProps } from "@libvirt-ts/driver-qemu/block";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

/** JSON that others have written into images, to ours. */
export const suite: Suite = {
  run(row, corpus) {
    const { source, isHostKeyUnchecked } = parseBacking(corpus.text(row.input).trim());
    return {
      got: {
        json: prettyJson(targetProps(source, "raw", { isHostKeyUnchecked: isHostKeyUnchecked === true })),
      },
    };
  },
};
