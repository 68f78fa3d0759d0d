import { expect, test } from "vitest";
import { changeWorkers } from "./server-calls.ts";

const threads = { min: 5, max: 20, priority: 5 };
const none = { min: 0, max: 0, priority: 0 };

test.each([
  [threads, { max: 30 }, { min: 5, max: 30, priority: 5 }],
  [threads, { min: 20, priority: 0 }, { min: 20, max: 20, priority: 0 }],
  [none, { priority: 3 }, { min: 0, max: 0, priority: 3 }],
  [none, { min: 0, max: 0 }, none],
])("%j and %j", (now, wish, result) => {
  expect(changeWorkers(now, wish)).toEqual(result);
});

test.each([
  [threads, { min: 21 }, "minWorkers cannot be larger than maxWorkers"],
  [threads, { max: 4 }, "minWorkers cannot be larger than maxWorkers"],
  [threads, { min: 0, max: 0 }, "maxWorkers must not be switched from zero to non-zero and vice versa"],
  [none, { max: 1 }, "maxWorkers must not be switched from zero to non-zero and vice versa"],
])("%j and %j: %s", (now, wish, detail) => {
  expect(() => changeWorkers(now, wish)).toThrow(expect.objectContaining({ code: 8, detail }));
});
