import { alignBackupDisks, formatBackup, parseBackup } from "@libvirt-ts/conf/backup";
import type { Disk } from "@libvirt-ts/conf/domain";
import type { Suite } from "../suite.ts";

/** Parse, settle with a guest that has just these disks and one more, and format. */
export const suite: Suite = {
  run(row, corpus) {
    const status = row.internal === true;
    const def = parseBackup(corpus.text(row.input), { status });
    const names = [...(def.disks?.disks ?? []).map(({ name }) => name), "vdextradisk"];
    alignBackupDisks(def, names.map(fakeDisk), "SUFFIX");
    return { got: { xml: formatBackup(def, { status }) } };
  },
};

const fakeDisk = (dev: string): Disk => ({
  type: "file",
  device: "disk",
  driver: { type: "qcow2" },
  source: { file: `/fake/${dev}.qcow2`, seclabels: [] },
  target: { dev },
});
