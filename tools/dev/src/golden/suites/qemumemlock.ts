import { parseDomain } from "@libvirt-ts/conf/domain";
import { lockedMemoryBytes } from "@libvirt-ts/driver-qemu/command";
import { plug } from "../plug.ts";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** How much memory a guest may lock. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseDomain(corpus.text(row.input), {
      inactive: true,
      random: countingBytes,
      newMac: zeroMac,
      defaultSecurityModel: "none",
      ...(row.arch !== undefined && { hostArch: row.arch }),
      ...(plug && { hooks: plug.hooks(row, corpus) }),
    });
    return { got: { limitBytes: String(lockedMemoryBytes(def)) } };
  },
};
