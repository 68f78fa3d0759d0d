import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { type LockType, native } from "./index.ts";
import { openFds } from "./testing.ts";

const { EAGAIN, EBADF, EINVAL } = constants.errno;
const dir = mkdtempSync(join(tmpdir(), "native-"));
afterAll(() => rmSync(dir, { recursive: true }));

let a: number;
let b: number;
let before: number;
beforeEach(() => {
  before = openFds();
  a = openSync(join(dir, "image"), "a+");
  b = openSync(join(dir, "image"), "r+");
});
afterEach(() => {
  closeSync(a);
  closeSync(b);
  expect(openFds()).toBe(before);
});

type Range = [LockType, number, number];
const conflicts: [Range, Range, number][] = [
  [["write", 0, 1], ["write", 0, 1], -EAGAIN],
  [["write", 0, 1], ["read", 0, 1], -EAGAIN],
  [["read", 0, 1], ["read", 0, 1], 0],
  [["read", 0, 1], ["write", 0, 1], -EAGAIN],
  [["write", 0, 1], ["write", 100, 104], 0],
  [["write", 0, 0], ["write", 2 ** 40, 1], -EAGAIN],
];

test.each(conflicts)("%j against %j: %i", async (first, second, expected) => {
  expect(native.ofdLock(a, ...first)).toBe(0);
  expect(native.ofdLock(b, ...second)).toBe(expected);
  native.ofdLock(b, "unlock", 0, 0);
  expect(await native.ofdLockAsync(b, ...second)).toBe(expected);
  expect(native.ofdLock(a, "unlock", 0, 0)).toBe(0);
  expect(await native.ofdLockAsync(b, ...second)).toBe(0);
});

test("ofdGetLock shows who is in the way", async () => {
  native.ofdLock(a, "write", 3, 4);
  expect(native.ofdGetLock(b, "read", 0, 0)).toEqual({ type: "write", start: 3, length: 4, pid: -1 });
  expect(await native.ofdGetLockAsync(b, "read", 0, 0)).toEqual({
    type: "write",
    start: 3,
    length: 4,
    pid: -1,
  });
  expect(await native.ofdGetLockAsync(b, "read", 0, 3)).toBeNull();
  expect(await native.ofdGetLockAsync(-1, "read", 0, 3)).toBe(-EBADF);
  expect(native.ofdGetLock(b, "read", 0, 3)).toBeNull();
  expect(native.ofdGetLock(a, "read", 0, 0)).toBeNull();
});

test("a lock taken in the thread pool belongs to the caller's open file, not to the call", async () => {
  const c = openSync(join(dir, "image"), "r+");
  const locked = native.ofdLockAsync(c, "write", 0, 1);
  closeSync(c); // before the lock is taken: it must not end up on another file of that number
  expect(await locked).toBe(0);
  expect(native.ofdLock(a, "write", 0, 1)).toBe(0);
});

test("many at once", async () => {
  const one = (n: number) => native.ofdLockAsync(n % 2 ? a : b, "write", n % 2, 1);
  const results = await Promise.all(Array.from({ length: 200 }, (_, n) => one(n)));
  expect(results.every((result) => result === 0)).toBe(true);
});

test("classic locks conflict with OFD locks", () => {
  expect(native.setLock(a, "write", 0, 1)).toBe(0);
  expect(native.ofdLock(b, "write", 0, 1)).toBe(-EAGAIN);
  expect(native.ofdGetLock(b, "write", 0, 1)).toEqual({
    type: "write",
    start: 0,
    length: 1,
    pid: process.pid,
  });
});

test("errno and types", async () => {
  expect(native.ofdLock(a, "write", -1, 1)).toBe(-EINVAL);
  expect(native.ofdLock(-1, "write", 0, 1)).toBe(-EBADF);
  expect(await native.ofdLockAsync(-1, "write", 0, 1)).toBe(-EBADF);
  expect(() => native.ofdLock(a, "exclusive" as LockType, 0, 1)).toThrow(TypeError);
});
