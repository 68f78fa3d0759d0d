import { querySchema } from "@libvirt-ts/driver-qemu/command";
import { schemaOf } from "../json.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const { query } = row.input as unknown as { query: string }; // the README's format
    const schema = schemaOf(row, corpus);
    if (schema === undefined) throw new Error("the case has no schema");
    let rc = -1;
    try {
      rc = querySchema(schema, query) ? 1 : 0;
    } catch {
      rc = -1; // a query that makes no sense
    }
    const { object } = row.expected as { object: unknown }; // whether it names an object is not ours to tell
    return { got: { rc: String(rc), object: JSON.stringify(object) } };
  },
};
