import { expect, test } from "vitest";
import { backupBitmap, commitBitmaps, type ImageChain, removeBitmap } from "./bitmaps.ts";

const bitmap = (name: string) => ({
  name,
  recording: true,
  persistent: true,
  busy: false,
  granularity: 65536,
  count: 0,
});
const chain: ImageChain = [["a", "b"], ["a"], ["a", "c"], []].map((names, i) => ({
  "node-name": `n${i}`,
  "dirty-bitmaps": names.map(bitmap),
}));

const lines = (actions: ReturnType<typeof commitBitmaps> | undefined) =>
  actions?.map(
    ({ type, data }) => `${type.replace("block-dirty-bitmap-", "")} ${data.node} ${data.target ?? data.name}`,
  );

test("images committed below: bitmaps are made there unless they are there, and merged", () => {
  expect(lines(commitBitmaps(chain, 1, 2))).toEqual(["merge n2 a"]);
  expect(lines(commitBitmaps(chain, 0, 3))).toEqual([
    "add n3 b",
    "merge n3 b",
    "add n3 a",
    "merge n3 a",
    "remove n3 libvirt-tmp-activewrite",
  ]);
});

test("a backup takes only a bitmap that begins in the guest's own image", () => {
  expect(lines(backupBitmap(chain, { bitmap: "b", target: "t", as: "x" }))).toEqual(["add t x", "merge t x"]);
  expect(backupBitmap(chain, { bitmap: "c", target: "t", as: "x" })).toBeUndefined();
});

test("a bitmap goes from all images; the lower ones have to be opened", () => {
  const { actions, reopen } = removeBitmap(chain, "a") ?? { actions: [], reopen: [] };
  expect([lines(actions), reopen]).toEqual([
    ["remove n0 a", "remove n1 a", "remove n2 a"],
    ["n2", "n1"],
  ]);
  expect(removeBitmap(chain, "d")).toBeUndefined();
});
