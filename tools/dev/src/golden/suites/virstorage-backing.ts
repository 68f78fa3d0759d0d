import { parseBacking } from "@libvirt-ts/driver-qemu/block";
import { formatSource } from "../source-xml.ts";
import type { Suite } from "../suite.ts";

/** What images say they stand on. */
export const suite: Suite = {
  run(row, corpus) {
    const { source, hasCredentials } = parseBacking(corpus.text(row.input));
    // Who logs in to an SSH server shows only where more is known of the login.
    if (source.type === "network" && source.source?.protocol === "ssh") source.source.identity = undefined;
    return { got: { rv: hasCredentials ? "1" : "0", xml: formatSource(source) } };
  },
};
