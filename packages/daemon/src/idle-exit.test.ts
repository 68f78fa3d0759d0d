import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IdleExit } from "./idle-exit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function started(seconds: number) {
  const exit = vi.fn();
  const idle = new IdleExit(exit);
  idle.setTimeout(seconds);
  idle.begin();
  return { idle, exit };
}

test("ends after the time without users", () => {
  const { exit } = started(5);
  vi.advanceTimersByTime(4999);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(exit).toHaveBeenCalledOnce();
});

test("0 is never, also when set later", () => {
  const { idle, exit } = started(5);
  idle.setTimeout(0);
  vi.advanceTimersByTime(100_000);
  expect(exit).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("holders stop the clock; each release counts once", () => {
  const { idle, exit } = started(5);
  const first = idle.hold();
  const second = idle.hold();
  first();
  first();
  vi.advanceTimersByTime(60_000);
  expect(exit).not.toHaveBeenCalled();
  second();
  vi.advanceTimersByTime(5000);
  expect(exit).toHaveBeenCalledOnce();
});

test("start-up does not count", () => {
  const exit = vi.fn();
  new IdleExit(exit).setTimeout(1);
  vi.advanceTimersByTime(60_000);
  expect(exit).not.toHaveBeenCalled();
});

test("longer than a timer of Node's", () => {
  const days = 86_400;
  const { exit } = started(60 * days);
  vi.advanceTimersByTime((60 * days - 1) * 1000);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(exit).toHaveBeenCalledOnce();
});
