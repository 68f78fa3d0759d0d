import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TableFile } from "./table-file.ts";

const newPath = () => join(mkdtempSync(join(tmpdir(), "table-")), "table");
const contents = (table: TableFile) => Object.fromEntries(table.entries());

test("a table is found as it was left", () => {
  const path = newPath();
  const table = TableFile.open(path, "boot");
  table.set("a", { x: [1, "\n\u0000"] });
  table.set("b", 2);
  table.delete("a");
  table.delete("none");
  table.set("b", 3);
  expect(contents(TableFile.open(path, "boot"))).toEqual({ b: 3 });
});

test.each(['["c",4', '["c",4]', "", "]]\n", "[1,2]\n"])(
  "half a line at the end (%j) is no change",
  (tail) => {
    const path = newPath();
    TableFile.open(path, "boot").set("a", 1);
    appendFileSync(path, tail);
    expect(contents(TableFile.open(path, "boot"))).toEqual({ a: 1 });
  },
);

test("the table of another boot is forgotten", () => {
  const path = newPath();
  TableFile.open(path, "boot").set("a", 1);
  expect(contents(TableFile.open(path, "another"))).toEqual({});
  TableFile.open(path, "another").set("b", 2);
  expect(contents(TableFile.open(path, "another"))).toEqual({ b: 2 });
  expect(contents(TableFile.open(path, "boot"))).toEqual({});
});

test("who only looks leaves the file to the process that writes it", () => {
  const path = newPath();
  const mine = TableFile.open(path, "boot");
  mine.set("a", 1);
  TableFile.open(path, "boot").close();
  mine.set("b", 2);
  expect(contents(TableFile.open(path, "boot"))).toEqual({ a: 1, b: 2 });
});

test("many changes do not make the file long", () => {
  const path = newPath();
  const table = TableFile.open(path, "boot");
  for (let i = 0; i < 10_000; i++) table.set(`k${i % 5}`, i);
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(1100);
  expect(contents(TableFile.open(path, "boot"))).toEqual(contents(table));
});

test("any changes, read back at any time", () => {
  const change = fc.tuple(fc.constantFrom("a", "b", "c"), fc.option(fc.jsonValue(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(fc.oneof(change, fc.constant("reopen" as const)), { maxLength: 40 }), (steps) => {
      const path = newPath();
      let table = TableFile.open(path, "boot");
      const model = new Map<string, unknown>();
      for (const step of steps) {
        if (step === "reopen") table = TableFile.open(path, "boot");
        else if (step[1] === undefined) {
          table.delete(step[0]);
          model.delete(step[0]);
        } else {
          table.set(...step);
          model.set(step[0], JSON.parse(JSON.stringify(step[1])));
        }
      }
      expect(Object.fromEntries(TableFile.open(path, "boot").entries())).toEqual(Object.fromEntries(model));
    }),
    { numRuns: 50 },
  );
});
