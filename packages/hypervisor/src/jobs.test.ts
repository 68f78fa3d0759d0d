import { deferred } from "@libvirt-ts/util/deferred";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AsyncJobKind, DomainJobs, type JobKind } from "./jobs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const api = (name: string) => ({ api: name });

/** A job that stays until told. */
function holding(run: (body: () => Promise<void>) => Promise<void>) {
  const { promise, resolve } = deferred();
  return { done: run(() => promise), end: resolve };
}

test("one at a time, in order", async () => {
  const jobs = new DomainJobs();
  const seen: string[] = [];
  const step = (name: string) =>
    jobs.run("modify", api(name), async () => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
    });
  await Promise.all([step("a"), step("b"), step("c")]);
  expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
});

test("released when the body throws", async () => {
  const jobs = new DomainJobs();
  await expect(jobs.run("modify", api("a"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(jobs.isBusy).toBe(false);
});

test.each<[AsyncJobKind, JobKind, boolean]>([
  ["migration out", "suspend", true],
  ["migration out", "modify", false],
  ["migration in", "query", false],
  ["save", "query", true],
  ["save", "modify", false],
  ["start", "query", false],
  ["start", "destroy", false],
  ["backup", "modify", true],
])("during %s a job %s: %s", async (kind, wanted, allowed) => {
  const jobs = new DomainJobs();
  const long = holding((body) => jobs.runAsync(kind, api("long"), body));
  await Promise.resolve();
  let ran = false;
  const other = jobs.run(wanted, api("other"), async () => {
    ran = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(ran).toBe(allowed);
  long.end();
  await other;
  expect(ran).toBe(true);
});

test("a long job borrows steps that others cannot take", async () => {
  const jobs = new DomainJobs();
  const seen: string[] = [];
  await jobs.runAsync("start", api("virDomainCreate"), async (job) => {
    const outside = jobs.run("modify", api("other"), async () => void seen.push("outside"));
    await job.nested(async () => void seen.push("nested"));
    void outside;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual(["nested", "outside"]);
});

test("waiting ends after 30 s, naming the holder", async () => {
  const jobs = new DomainJobs();
  const held = holding((body) => jobs.run("modify", api("virDomainSetVcpus"), body));
  await Promise.resolve();
  const refused = expect(jobs.run("query", api("virDomainGetInfo"), async () => {})).rejects.toMatchObject({
    code: 68,
    message:
      "Timed out during operation: cannot acquire state change lock (held by monitor=virDomainSetVcpus)",
  });
  await vi.advanceTimersByTimeAsync(30_000);
  await refused;
  held.end();
  await held.done;
});
