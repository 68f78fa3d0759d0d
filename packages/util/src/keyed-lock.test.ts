import { expect, test } from "vitest";
import { KeyedLock } from "./keyed-lock.ts";

test("tasks of one key run in order, one at a time; other keys do not wait", async () => {
  const lock = new KeyedLock<string>();
  const log: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = lock.run("a", async () => {
    log.push("a1 in");
    await gate;
    log.push("a1 out");
  });
  const second = lock.run("a", () => log.push("a2"));
  await lock.run("b", () => log.push("b"));
  expect(lock.isBusy("a")).toBe(true);
  open();
  await Promise.all([first, second]);
  expect(log).toEqual(["a1 in", "b", "a1 out", "a2"]);
  expect(lock.isBusy("a")).toBe(false);
});

test("a failing task reaches its caller and lets the next one run", async () => {
  const lock = new KeyedLock<string>();
  const failing = lock.run("a", () => {
    throw new Error("no");
  });
  const next = lock.run("a", () => 7);
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe(7);
});
