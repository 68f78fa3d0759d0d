import { expect, test } from "vitest";
import { formatBitmap, overlaps, parseBitmap } from "./bitmap.ts";

test.each([
  ["0-3,^2", [0, 1, 3], "0-1,3"],
  ["7", [7], "7"],
  ["5,3-4, 1", [1, 3, 4, 5], "1,3-5"],
  ["0,^0", [], ""],
])("%s", (text, bits, shortest) => {
  expect(parseBitmap(text)).toEqual(bits);
  expect(formatBitmap(bits)).toBe(shortest);
});

test.each(["", "a", "3-1", "1,", "^1-2", "0-99999", "-1"])("%j is no set of numbers", (text) => {
  expect(parseBitmap(text)).toBeUndefined();
});

test("overlaps", () => {
  expect(overlaps([1, 2], [2, 3])).toBe(true);
  expect(overlaps([1], [])).toBe(false);
});
