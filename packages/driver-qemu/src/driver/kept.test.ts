import { expect, test } from "vitest";
import { keptFor } from "./kept.ts";

test("an answer is made once for a while, and again after a failure", async () => {
  let time = 0;
  let made = 0;
  let isBroken = false;
  const ask = keptFor(
    async () => {
      if (isBroken) throw new Error("broken");
      return ++made;
    },
    { ms: 10, now: () => time },
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  time = 9;
  expect(await ask()).toBe(1);
  time = 10;
  expect(await ask()).toBe(2);
  isBroken = true;
  time = 20;
  await expect(ask()).rejects.toThrow("broken");
  isBroken = false;
  expect(await ask()).toBe(3);
  time = 0; // a clock set back makes no answer last longer
  expect(await ask()).toBe(4);
});
