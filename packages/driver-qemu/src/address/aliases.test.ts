import { expect, test } from "vitest";
import { diskIndex } from "./aliases.ts";

test.each([
  ["vda", 0],
  ["sdz", 25],
  ["vdaa", 26],
  ["hdb", 1],
  ["xvdc", 2],
  ["fda", 0],
])("disk %s has number %i", (target, index) => {
  expect(diskIndex(target)).toBe(index);
});
