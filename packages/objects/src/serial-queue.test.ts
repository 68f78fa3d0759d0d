import { expect, test } from "vitest";
import { SerialQueue } from "./serial-queue.ts";

test("in order, errors reported, the rest still runs", async () => {
  const seen: unknown[] = [];
  const queue = new SerialQueue((error) => seen.push(error));
  queue.push(async () => {
    await Promise.resolve();
    seen.push(1);
  });
  queue.push(() => {
    throw "broken";
  });
  queue.push(() => seen.push(2));
  await queue.idle();
  expect(seen).toEqual([1, "broken", 2]);
});
