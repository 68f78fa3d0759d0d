import { constants } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { native, PROMPT, READABLE } from "./index.ts";
import { must, pair } from "./testing.ts";

afterEach(() => void native.linger(0));

/** Milliseconds the loop is awake, of 10 after something has come twice in a row. */
async function awakeAfterNews(events: number): Promise<number> {
  const [a, b] = pair("stream");
  const poll = new native.Poll(b);
  const news = () => void native.send(a, [Uint8Array.of(1)]);
  const buffer = Buffer.alloc(1);
  await new Promise<void>((resolve) => {
    let count = 0;
    poll.start(events, () => {
      native.recv(b, buffer, 0, 1);
      count += 1;
      if (count < 3) news();
      else resolve();
    });
    news();
  });
  const start = performance.now();
  const { idleTime } = performance.nodeTiming;
  await sleep(10);
  const awake = performance.now() - start - (performance.nodeTiming.idleTime - idleTime);
  poll.close();
  for (const fd of [a, b]) native.close(fd);
  return awake;
}

test("the loop looks for news for a while, then sleeps", async () => {
  const least = async (events: number) => {
    const all: number[] = [];
    for (let round = 0; round < 20; round++) all.push(await awakeAfterNews(events)); // a busy machine adds to some
    return Math.min(...all);
  };
  expect(await least(READABLE | PROMPT)).toBeLessThan(0.9);
  must(native.linger(1000));
  expect(await least(READABLE)).toBeLessThan(0.9);
  const awake = await least(READABLE | PROMPT);
  expect(awake).toBeGreaterThanOrEqual(0.9);
  expect(awake).toBeLessThan(5);
});

test.each([-1, 1001])("%i microseconds are refused", (microseconds) => {
  expect(native.linger(microseconds)).toBe(-constants.errno.EINVAL);
});
