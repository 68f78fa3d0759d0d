import { expect, test } from "vitest";
import { Arena, type Flushable } from "./arena.ts";

/** Connections that tell when they are flushed. */
function open() {
  const arena = new Arena();
  const flushed: string[] = [];
  const connection = (name: string): Flushable & { isDirty: boolean } => ({
    isDirty: true,
    flush() {
      flushed.push(name);
      this.isDirty = false;
    },
  });
  return { arena, flushed, connection };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what somebody waits for leaves first, and nothing twice", async () => {
  const { arena, flushed, connection } = open();
  const both = connection("both");
  arena.add(connection("event"), "later");
  arena.add(both, "later");
  arena.add(both, "tick");
  arena.add(connection("reply"), "tick");
  expect(flushed).toEqual([]);
  await Promise.resolve();
  expect(flushed).toEqual(["both", "reply"]);
  await turn();
  expect(flushed).toEqual(["both", "reply", "event"]);
});

test("an event for many leaves the loop to others in between", async () => {
  const { arena, flushed, connection } = open();
  for (let i = 0; i < 100; i++) arena.add(connection("event"), "later");
  arena.writer.position = 10;
  await turn();
  expect(flushed.length).toBe(32);
  expect(arena.writer.position).toBe(10);
  arena.add(connection("reply"), "tick");
  await Promise.resolve();
  expect(flushed.at(-1)).toBe("reply");
  while (flushed.length < 101) await turn();
  expect(arena.writer.position).toBe(0);
});

test("unless too many bytes wait", async () => {
  const { arena, flushed, connection } = open();
  for (let i = 0; i < 100; i++) arena.add(connection("event"), "later");
  arena.writer.reserve(0, 2_000_000);
  arena.writer.position = 2_000_000;
  await turn();
  expect([flushed.length, arena.writer.position]).toEqual([100, 0]);
});

test("one that flushes itself leaves nothing behind", () => {
  const { arena, flushed, connection } = open();
  const own = connection("own");
  arena.writer.position = 10;
  arena.add(own, "self");
  arena.flush(own);
  expect([flushed, arena.writer.position]).toEqual([["own"], 0]);
});
