import { expect, test } from "vitest";
import { bytesToKiB, prettySize, unitBytes } from "./units.ts";

test.each([
  ["KiB", 1024n],
  ["k", 1024n],
  ["KB", 1000n],
  ["MiB", 1048576n],
  ["M", 1048576n],
  ["GB", 1000000000n],
  ["b", 1n],
  ["bytes", 1n],
  ["EiB", 1152921504606846976n],
  ["", undefined],
  ["x", undefined],
  ["Kib3", undefined],
])("unit %s", (unit, bytes) => {
  expect(unitBytes(unit)).toBe(bytes);
});

test("rounding and prettiness", () => {
  expect(bytesToKiB(1n)).toBe(1n);
  expect(bytesToKiB(2048n)).toBe(2n);
  expect(prettySize(50331648n)).toEqual([48n, "MiB"]);
  expect(prettySize(1000n)).toEqual([1000n, "B"]);
});
