import { expect, test } from "vitest";
import { PortAllocator } from "./ports.ts";

test("each port once, foreign ones left out, given back ones again", async () => {
  const ports = new PortAllocator("vnc", 5900, 5903, async (port) => port !== 5901);
  ports.reserve(5902);
  expect(await ports.acquire()).toBe(5900);
  expect(await ports.acquire()).toBe(5903);
  await expect(ports.acquire()).rejects.toThrow(
    "internal error: Unable to find an unused port in range 'vnc' (5900-5903)",
  );
  ports.release(5900);
  expect(await ports.acquire()).toBe(5900);
});

test("two at once never get the same", async () => {
  const ports = new PortAllocator("vnc", 1, 9, async () => true);
  const got = await Promise.all([ports.acquire(), ports.acquire(), ports.acquire()]);
  expect(new Set(got).size).toBe(3);
});
