import { expect, test } from "vitest";
import { cpuMap, cpusOf } from "./cpu-map.ts";

test.each([
  [[0, 1], 2, [3]],
  [[0, 9], 12, [1, 2]],
  [[], 8, [0]],
])("%j of %i", (cpus, count, bytes) => {
  expect([...cpuMap(cpus, count)]).toEqual(bytes);
  expect(cpusOf(Uint8Array.from(bytes))).toEqual(cpus);
});
