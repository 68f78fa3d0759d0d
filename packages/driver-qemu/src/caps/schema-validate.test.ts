import { expect, test } from "vitest";
import { indexSchema } from "./schema-query.ts";
import { validateQmp } from "./schema-validate.ts";

const schema = indexSchema([
  {
    name: "node",
    "meta-type": "object",
    tag: "driver",
    members: [
      { name: "driver", type: "drivers" },
      { name: "read-only", type: "bool", default: null },
      { name: "old", type: "int", default: null, features: ["deprecated"] },
    ],
    variants: [
      { case: "file", type: "file" },
      { case: "raw", type: "raw" },
    ],
  },
  { name: "drivers", "meta-type": "enum", values: ["file", "raw"] },
  { name: "file", "meta-type": "object", members: [{ name: "filename", type: "str" }] },
  { name: "raw", "meta-type": "object", members: [{ name: "file", type: "ref" }] },
  { name: "ref", "meta-type": "alternate", members: [{ type: "node" }, { type: "str" }] },
  { name: "str", "meta-type": "builtin", "json-type": "string" },
  { name: "int", "meta-type": "builtin", "json-type": "int" },
  { name: "bool", "meta-type": "builtin", "json-type": "boolean" },
  { name: "list", "meta-type": "array", "element-type": "int" },
]);

test.each<[type: string, value: unknown, complaint: string | undefined]>([
  ["node", { driver: "file", filename: "/f" }, undefined],
  ["node", { driver: "raw", file: { driver: "file", filename: "/f" } }, undefined],
  ["node", { driver: "raw", file: "node0" }, undefined],
  ["node", { filename: "/f" }, "driver: missing"],
  ["node", { driver: "file" }, "filename: missing"],
  ["node", { driver: "ssh" }, "driver: none of the values of drivers"],
  ["node", { driver: "file", filename: "/f", size: 1 }, "size: no such member"],
  ["node", { driver: "file", filename: "/f", "read-only": "on" }, "read-only: not of type boolean"],
  ["node", { driver: "file", filename: "/f", old: 1 }, "old: deprecated"],
  ["list", [1, 2n], undefined],
  ["list", [1, 1.5], "[1]: not of type int"],
  ["list", {}, "value: not an array"],
])("%s: case %#", (type, value, complaint) => {
  expect(validateQmp(schema, schema.get(type), value)).toBe(complaint);
});
