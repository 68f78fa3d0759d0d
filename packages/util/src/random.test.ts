import { expect, test } from "vitest";
import { randomBytes } from "./random.ts";

test.each([0, 1, 16, 1000, 1024, 1025, 5000])("%i bytes, never the same again", (size) => {
  const drawn = Array.from({ length: 5 }, () => randomBytes(size));
  expect(drawn.map(({ length }) => length)).toEqual(drawn.map(() => size));
  if (size < 16) return;
  expect(new Set(drawn.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(5);
  expect(drawn.every((bytes) => bytes.slice(-16).some((byte) => byte !== 0))).toBe(true);
});
