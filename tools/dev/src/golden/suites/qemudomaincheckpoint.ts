import { formatCheckpoint, parseCheckpoint } from "@libvirt-ts/conf/checkpoint";
import { plug } from "../plug.ts";
import type { Suite } from "../suite.ts";

/** Parse and format; flags stand for what the driver would have added. */
export const suite: Suite = {
  run(row, corpus) {
    const has = (flag: string) => row.flags?.includes(flag) === true;
    const hooks = plug?.hooks({ ...row, arch: "x86_64" }, corpus);
    const def = parseCheckpoint(corpus.text(row.input), {
      isRedefined: has("TEST_REDEFINE"),
      now: Number(row.creationTime),
      momentDomain: { ...(hooks && { hooks }), hostArch: "x86_64" },
    });
    if (has("TEST_PARENT")) def.parent = "1525111885";
    if (has("TEST_VDA_BITMAP")) {
      def.disks ??= { disks: [] };
      const [first] = def.disks.disks;
      if (first) first.bitmap = def.name;
      else def.disks.disks.push({ name: "vda", checkpoint: "bitmap", bitmap: def.name });
    }
    const checkpointSizes = has("TEST_SIZE");
    const sized = def.disks?.disks[0];
    if (checkpointSizes && sized) sized.size = 1048576n;
    return { got: { xml: formatCheckpoint(def, { secure: true, checkpointSizes }) } };
  },
};
