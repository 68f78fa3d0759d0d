import { expect, test } from "vitest";
import { afterwards, lastly } from "./at-once.ts";

test("what is there is used at once, what is not is waited for", async () => {
  expect(afterwards(1, (value) => value + 1)).toBe(2);
  expect(await afterwards(Promise.resolve(1), (value) => value + 1)).toBe(2);
});

test.each([
  ["at once", () => 7],
  ["later", () => Promise.resolve(7)],
])("the end comes last, once: %s", async (_, work) => {
  const order: string[] = [];
  expect(await lastly(work, () => order.push("end"))).toBe(7);
  expect(order).toEqual(["end"]);
});

test.each([
  [
    "at once",
    () => {
      throw new Error("no");
    },
  ],
  ["later", () => Promise.reject(new Error("no"))],
])("also when the work fails: %s", async (_, work) => {
  let ended = 0;
  await expect((async () => lastly(work, () => ended++))()).rejects.toThrow("no");
  expect(ended).toBe(1);
});
