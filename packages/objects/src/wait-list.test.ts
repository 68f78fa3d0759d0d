import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WaitList } from "./wait-list.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limit = { timeoutMs: 30_000, expired: () => new Error("too late") };

test("first come first served among those who may go", async () => {
  let free = 0;
  const granted: string[] = [];
  const list = new WaitList<string>(
    (request) => free > 0 || request === "always",
    () => void free--,
  );
  const wait = (name: string) => list.wait(name, limit).then(() => granted.push(name));
  const all = [wait("a"), wait("b"), wait("always")];
  await all[2];
  expect(granted).toEqual(["always"]);
  free = 1;
  list.settle();
  await all[0];
  free = 1;
  list.settle();
  await Promise.all(all);
  expect(granted).toEqual(["always", "a", "b"]);
  expect(list.length).toBe(0);
});

test("whoever waits too long leaves the list", async () => {
  const list = new WaitList<string>(
    () => false,
    () => {},
  );
  const waiting = list.wait("a", limit);
  const refused = expect(waiting).rejects.toThrow("too late");
  await vi.advanceTimersByTimeAsync(30_000);
  await refused;
  expect(list.length).toBe(0);
});
