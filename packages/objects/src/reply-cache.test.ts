import { expect, test } from "vitest";
import { ReplyCache } from "./reply-cache.ts";

test("made once a version and key", () => {
  let version = 1;
  let made = 0;
  const cache = new ReplyCache<number>(() => version);
  const get = (key: number) => cache.get(key, () => Uint8Array.of(++made))[0];
  expect([get(0), get(0), get(3), get(0)]).toEqual([1, 1, 2, 1]);
  version++;
  expect([get(0), get(3)]).toEqual([3, 4]);
});
