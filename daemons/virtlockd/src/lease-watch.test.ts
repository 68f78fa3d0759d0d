import { type Deferred, deferred } from "@libvirt-ts/util/deferred";
import { expect, test, vi } from "vitest";
import { LeaseWatch } from "./lease-watch.ts";

function world() {
  const answers: { path: string; answer: Deferred<void> }[] = [];
  const results: string[] = [];
  const watch = new LeaseWatch({
    intervalMs: 1_000_000,
    check({ path }) {
      const answer = deferred<void>();
      answers.push({ path, answer });
      return answer.promise;
    },
    onResult: ({ path }, why) => void results.push(`${path} ${why instanceof Error ? why.message : "held"}`),
  });
  return { watch, answers, results };
}

const a = { device: "nfs1", path: "/a" };
const b = { device: "nfs1", path: "/b" };
const c = { device: "nfs2", path: "/c" };

test("asks one after the other per file system, and tells the outcome", async () => {
  const { watch, answers, results } = world();
  for (const lock of [a, b, c]) watch.add(lock);
  watch.look();
  expect(answers.map(({ path }) => path)).toEqual(["/a", "/c"]);
  answers[0]?.answer.resolve();
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  answers[2]?.answer.reject(new Error("EIO"));
  await vi.waitFor(() => expect(results).toEqual(["/a held", "/b EIO"]));
  for (const lock of [a, b, c]) watch.delete(lock);
});

test("no answer until the next look: all of that file system is lost, nothing else; and found again", async () => {
  const { watch, answers, results } = world();
  for (const lock of [a, b, c]) watch.add(lock);
  watch.look();
  answers[1]?.answer.resolve();
  await vi.waitFor(() => expect(results).toEqual(["/c held"]));
  watch.look();
  const silent = "the file server does not answer";
  expect(results.slice(1)).toEqual([`/a ${silent}`, `/b ${silent}`]);
  expect(answers).toHaveLength(3); // nothing more is asked of the silent one
  answers[0]?.answer.resolve();
  await vi.waitFor(() => expect(results.at(-1)).toBe("/a held"));
  for (const lock of [a, b, c]) watch.delete(lock);
});

test("what was released while asked for has no result", async () => {
  const { watch, answers, results } = world();
  watch.add(a);
  watch.look();
  watch.delete(a);
  answers[0]?.answer.reject(new Error("EBADF"));
  await Promise.resolve();
  expect(results).toEqual([]);
});
