import { findType, validateQmp } from "@libvirt-ts/driver-qemu/command";
import { schemaOf } from "../json.ts";
import type { Suite } from "../suite.ts";

/** Values held against types of a schema. */
export const suite: Suite = {
  run(row, corpus) {
    const { root, inline } = row.input as unknown as { root: string; inline: string }; // the README's format
    const schema = schemaOf(row, corpus);
    if (schema === undefined) throw new Error("the case has no schema");
    const complaint = validateQmp(schema, findType(schema, root), JSON.parse(inline));
    return { got: { valid: JSON.stringify(complaint === undefined) } };
  },
};
