import { formatDomain, parseDomain } from "@libvirt-ts/conf/domain";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Parse and format in the manner of Cloud Hypervisor. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseDomain(corpus.text(row.input), {
      inactive: true,
      noStubConsole: true,
      random: countingBytes,
      newMac: zeroMac,
      hostArch: "x86_64",
    });
    return { got: { xml: formatDomain(def, { inactive: true, secure: true }) } };
  },
};
