import { formatNodeDevice, type NodeDeviceDef, parseNodeDevice } from "@libvirt-ts/conf/nodedev";
import type { Suite } from "../suite.ts";

/** Parse as a device that is there, and format. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseNodeDevice(corpus.text(row.input));
    deriveBlocks(def);
    const inactive = row.flags?.includes("VIR_NODE_DEVICE_XML_INACTIVE") === true;
    return { got: { xml: formatNodeDevice(def, { inactive }) } };
  },
};

/** The tests derive the blocks the host would tell of. */
function deriveBlocks({ capabilities }: NodeDeviceDef): void {
  for (const each of capabilities) {
    if (each.type !== "storage") continue;
    const media = each.extras.find((extra) => extra.type === "removable");
    if (!media) Object.assign(each, blocks(each.size ?? 0, 512));
    else if (media.mediaAvailable) Object.assign(media, blocks(media.mediaSize, 2048));
  }
}

const blocks = (bytes: number, logicalBlockSize: number) => ({
  logicalBlockSize,
  numBlocks: Math.floor(bytes / logicalBlockSize),
});
