import type { JobInfo } from "@libvirt-ts/driver-qemu/monitor";
import { replyIn } from "../json.ts";
import type { Suite } from "../suite.ts";

/** Jobs of the block layer as QEMU lists them. */
export const suite: Suite = {
  run(row, corpus) {
    const jobs = replyIn(corpus.text(row.input)) as JobInfo[]; // QEMU's answer
    const result = jobs
      .map(
        ({ id, type, status, error = "<null>" }) =>
          `[job]\nid=${id}\ntype=${type}\nstatus=${status}\nerror=${error}\n`,
      )
      .join("\n");
    return { got: { result } };
  },
};
