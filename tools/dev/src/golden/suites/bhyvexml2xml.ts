import { formatDomain, parseDomain } from "@libvirt-ts/conf/domain";
import { bhyveHooks } from "../bhyve.ts";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Parse and format in the manner of FreeBSD's hypervisor. */
export const suite: Suite = {
  run(row, corpus) {
    const caps = JSON.stringify(row.config ?? {});
    const def = parseDomain(corpus.text(row.input), {
      inactive: true,
      namespace: "bhyve",
      random: countingBytes,
      newMac: zeroMac,
      hostArch: "x86_64",
      hooks: bhyveHooks({ hasAhci32Slots: caps.includes("BHYVE_CAP_AHCI32SLOT") }),
    });
    return { got: { xml: formatDomain(def, { inactive: true, secure: true }) } };
  },
};
