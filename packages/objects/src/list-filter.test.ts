import { expect, test } from "vitest";
import { type FilterGroup, filterFlags, isListed } from "./list-filter.ts";

const groups: readonly FilterGroup<number>[] = [
  [
    [1, (n) => n > 0],
    [2, (n) => n <= 0],
  ],
  [[4, (n) => n % 2 === 0]],
];

test.each([
  [0, [-1, 0, 1, 2]],
  [1, [1, 2]],
  [3, [-1, 0, 1, 2]],
  [5, [2]],
  [6, [0]],
  [8, [-1, 0, 1, 2]],
])("list with flags %i", (flags, listed) => {
  expect([-1, 0, 1, 2].filter((n) => isListed(n, flags, groups))).toEqual(listed);
});

test("all flags", () => expect(filterFlags(groups)).toBe(7));
