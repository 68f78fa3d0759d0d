import { formatDomain, readDomain } from "@libvirt-ts/conf/domain";
import { hooksWithoutCaps } from "@libvirt-ts/driver-qemu/command";
import { formatStored, parseStatus } from "@libvirt-ts/driver-qemu/status";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Status files of running guests, read and written again. */
export const suite: Suite = {
  run(row, corpus) {
    const status = parseStatus(corpus.text(row.input));
    const def = readDomain(status.domain, {
      status: true,
      skipCheck: true,
      random: countingBytes,
      newMac: zeroMac,
      defaultSecurityModel: "none",
      ...(row.arch !== undefined && { hostArch: row.arch }),
      hooks: hooksWithoutCaps({ noGraphicsAllowHostAudio: false, vncAllowHostAudio: false }),
    });
    status.head.memoryBackingDir ??= `/var/lib/libvirt/qemu/ram/${def.id}-${def.name}`;
    return { got: { xml: formatStored(status, formatDomain(def, { status: true, secure: true }, 1)) } };
  },
};
