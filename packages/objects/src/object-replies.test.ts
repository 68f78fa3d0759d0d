import { expect, test } from "vitest";
import { ObjectReplies } from "./object-replies.ts";

const a = {};
const b = {};

test("made once an object, revision and key", () => {
  const replies = new ObjectReplies<object>(100);
  let made = 0;
  const get = (object: object, revision: number, key: string) =>
    replies.get(object, revision, key, () => Uint8Array.of(++made))[0];
  expect([get(a, 0, "x"), get(a, 0, "x"), get(a, 0, "y"), get(b, 0, "x")]).toEqual([1, 1, 2, 3]);
  expect([get(a, 1, "x"), get(a, 1, "y"), get(b, 0, "x")]).toEqual([4, 5, 3]);
});

test("beyond the limit all are made again", () => {
  const replies = new ObjectReplies<object>(100);
  let made = 0;
  const get = (object: object, length: number) =>
    replies.get(object, 0, "", () => new Uint8Array(length).fill(++made))[0];
  expect([get(a, 60), get(a, 60), get(b, 60), get(a, 60), get(b, 20)]).toEqual([1, 1, 2, 3, 4]);
});
