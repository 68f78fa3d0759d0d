import { formatDomain, parseDomain } from "@libvirt-ts/conf/domain";
import { plug } from "../plug.ts";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

/** Definitions of running guests: what each form of them shows. */
export const suite: Suite = {
  run(row, corpus) {
    const def = parseDomain(corpus.text(row.input), {
      random: countingBytes,
      newMac: zeroMac,
      defaultSecurityModel: "none",
      ...(row.arch !== undefined && { hostArch: row.arch }),
      ...(plug && { hooks: plug.hooks(row, corpus) }),
    });
    def.id ??= 1337;
    return {
      got: {
        active: formatDomain(def, { secure: true }),
        inactive: formatDomain(def, { secure: true, inactive: true }),
      },
    };
  },
};
