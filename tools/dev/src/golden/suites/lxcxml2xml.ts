import { formatDomain, parseDomain } from "@libvirt-ts/conf/domain";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Parse and format in the manner of containers. */
export const suite: Suite = {
  run(row, corpus) {
    const inactive = row.live !== true;
    const def = parseDomain(corpus.text(row.input), {
      inactive,
      namespace: "lxc",
      random: countingBytes,
      newMac: zeroMac,
      hostArch: "x86_64",
      hooks: {
        device({ kind, device }) {
          if (kind === "filesystem") device.accessmode ??= "passthrough";
        },
      },
    });
    return { got: { xml: formatDomain(def, { inactive, secure: true }) } };
  },
};
