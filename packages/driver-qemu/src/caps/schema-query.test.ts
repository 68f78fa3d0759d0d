import { expect, test } from "vitest";
import { indexSchema, querySchema } from "./schema-query.ts";

const schema = indexSchema([
  { name: "add", "meta-type": "command", "arg-type": "A", "ret-type": "R", features: ["fast"] },
  {
    name: "A",
    "meta-type": "object",
    members: [
      { name: "id", type: "str" },
      { name: "mode", type: "M", default: null, features: ["old"] },
    ],
    variants: [{ case: "file", type: "F" }],
  },
  { name: "F", "meta-type": "object", members: [{ name: "path", type: "str" }] },
  { name: "R", "meta-type": "array", "element-type": "F" },
  { name: "M", "meta-type": "enum", values: ["slow", "quick"] },
  { name: "str", "meta-type": "builtin", "json-type": "string" },
]);

test.each([
  ["add", true],
  ["remove", false],
  ["add/$fast", true],
  ["add/arg-type/id", true],
  ["add/arg-type/*id", false],
  ["add/arg-type/*mode", true],
  ["add/arg-type/mode/^quick", true],
  ["add/arg-type/mode/^idle", false],
  ["add/arg-type/mode/$old", true],
  ["add/arg-type/+file/path/!string", true],
  ["add/arg-type/+block", false],
  ["add/ret-type/path", true],
])("%s: %s", (path, found) => {
  expect(querySchema(schema, path)).toBe(found);
});

test.each(["", "add/nowhere", "add/arg-type/mode/^quick/more", "add/arg-type/^id"])(
  "'%s' makes no sense",
  (path) => {
    expect(() => querySchema(schema, path)).toThrow("malformed QMP schema query");
  },
);
