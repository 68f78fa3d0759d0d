import { findProblems, schemaNames } from "@libvirt-ts/conf/schema";
import type { Suite } from "../suite.ts";

/** Valid, or not. */
export const suite: Suite = {
  run(row, corpus) {
    const wanted = String(row.schema).replace(/\.rng$/, "");
    const schema = schemaNames.find((name) => name === wanted);
    if (schema === undefined) return { got: { valid: "unknown schema" } };
    const [first] = findProblems(corpus.text(row.input), schema);
    if (!first) return { got: { valid: "true\n" } };
    const { line, column, path, message } = first;
    return { got: { valid: "false\n" }, error: `${line}:${column}: ${path}: ${message}` };
  },
};
