import { formatDomain, parseDomain } from "@libvirt-ts/conf/domain";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Parse and format without a driver. */
export const suite: Suite = {
  run(row, corpus) {
    const inactive = row.live !== true;
    const def = parseDomain(corpus.text(row.input), {
      inactive,
      random: countingBytes,
      newMac: zeroMac,
      hostArch: "x86_64",
    });
    return { got: { xml: formatDomain(def, { inactive, secure: true }) } };
  },
};
