import { expect, test } from "vitest";
import { failpoints } from "./failpoint.ts";

test.each([
  [undefined, []],
  ["", []],
  ["two", ["two", "two"]],
  ["two@2", ["two"]],
  ["other", []],
])("failpoint %j", (wanted, hits) => {
  const seen: string[] = [];
  const pass = failpoints(wanted, (name) => seen.push(name));
  for (const step of ["one", "two", "one", "two"]) pass(step);
  expect(seen).toEqual(hits);
});
