import { formatSnapshot, parseSnapshot } from "@libvirt-ts/conf/snapshot";
import { plug } from "../plug.ts";
import type { Suite } from "../suite.ts";

/** Parse and format, with the guest inside read as the QEMU driver does. */
export const suite: Suite = {
  run(row, corpus) {
    const has = (flag: string) => row.flags?.includes(flag) === true;
    const status = has("TEST_INTERNAL");
    const hooks = plug?.hooks({ ...row, arch: "x86_64" }, corpus);
    const def = parseSnapshot(corpus.text(row.input), {
      status,
      isRedefined: has("TEST_REDEFINE"),
      now: Number(row.creationTime),
      momentDomain: { ...(hooks && { hooks }), hostArch: "x86_64" },
    });
    if (has("TEST_RUNNING")) def.state = "running";
    const uuid = row.uuid === undefined ? {} : { snapshotDomainUuid: String(row.uuid) };
    return { got: { xml: formatSnapshot(def, { secure: true, status, ...uuid }) } };
  },
};
