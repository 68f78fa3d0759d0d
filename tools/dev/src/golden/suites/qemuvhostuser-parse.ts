import { parseVhostUserDescriptor } from "@libvirt-ts/driver-qemu/command";
import { withoutKeys } from "../drop-keys.ts";
import { prettyJson } from "../json.ts";
import type { Suite } from "../suite.ts";

/** Descriptors of vhost-user programs, read and written again. */
export const suite: Suite = {
  run(row, corpus) {
    const descriptor = parseVhostUserDescriptor(corpus.text(row.input));
    if (descriptor === undefined) throw new Error("no descriptor");
    return { got: { json: withoutKeys(row, corpus, prettyJson(descriptor)) } };
  },
};
