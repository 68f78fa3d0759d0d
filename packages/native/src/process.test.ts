import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { expect, test } from "vitest";
import { LaunchError, native, RLIM_INFINITY, type RlimitName } from "./index.ts";
import { ended, must, mustObject, openFds, readAll } from "./testing.ts";

const { ECHILD, EINVAL, ENOENT, ENOSYS, ESRCH } = constants.errno;

const root = fileURLToPath(new URL("..", import.meta.url));
/** What gives another process the addon. */
const load = `require(${JSON.stringify(createRequire(import.meta.url).resolve("node-gyp-build"))})(${JSON.stringify(root)})`;

test("Node's own children are left to Node", async () => {
  const child = spawn("/bin/sh", ["-c", "exit 7"]);
  const [code] = await once(child, "exit");
  expect(code).toBe(7);
  expect(native.reap(child.pid ?? 0)).toBe(-ECHILD);
});

test.each<[string, () => unknown, number]>([
  ["reap any", () => native.reap(-1), -EINVAL],
  ["reap a stranger", () => native.reap(1), -ECHILD],
  ["pidfd of nobody", () => native.pidfdOpen(2 ** 30), -ESRCH],
  ["no program", () => native.execve("/nowhere", ["x"], {}), -ENOENT],
  ["no CPU", () => native.setAffinity(0, new Uint8Array(8)), -EINVAL],
  ["no thread", () => native.setScheduler(2 ** 30, "other"), -ESRCH],
  ["priority out of range", () => native.setScheduler(0, "fifo", 100), -EINVAL],
  ["soft above hard", () => native.prlimit(0, "core", 2, 1), -EINVAL],
])("errno: %s", (_what, call, errno) => expect(call()).toBe(errno));

test("limits, affinity and scheduling of another process", async () => {
  const [r, w] = mustObject(native.pipe2());
  const child = native.launch({ file: "/bin/cat", argv: ["cat"], env: {}, stdio: [r, null, null] });
  if (child instanceof LaunchError) throw child;
  await child.ready;
  const { pid } = child;
  const limits = () => readFileSync(`/proc/${pid}/limits`, "latin1");
  expect(native.prlimit(pid, "core", 4096n, RLIM_INFINITY)).toBe(0);
  expect(limits()).toMatch(/core file size +4096 +unlimited/);
  expect(native.prlimit(pid, "nofile", 10, 20)).toBe(0);
  expect(limits()).toMatch(/open files +10 +20 /);
  expect(() => native.prlimit(pid, "files" as RlimitName, 1, 1)).toThrow(TypeError);

  const mask = new Uint8Array(128);
  expect(native.setAffinity(pid, Uint8Array.of(1))).toBe(0);
  expect(must(native.getAffinity(pid, mask))).toBeGreaterThanOrEqual(8);
  expect(mask.subarray(0, 2)).toEqual(Uint8Array.of(1, 0));
  expect(native.setScheduler(pid, "batch")).toBe(0);
  expect(readFileSync(`/proc/${pid}/sched`, "latin1")).toMatch(/policy +: +3/);

  for (const fd of [r, w]) native.close(fd);
  expect(await ended(child)).toEqual({ code: 0 });
});

test("execve keeps the pid and the descriptors that are not close-on-exec", async () => {
  const before = openFds();
  const [r, w] = mustObject(native.pipe2());
  const script = `
    const native = ${load};
    native.setCloexec(1, false);
    const fd = require("node:fs").openSync("/dev/zero");
    native.setCloexec(fd, false);
    native.execve("/bin/sh", ["sh", "-c", "echo $$ $KEY; readlink /proc/$$/fd/" + fd], ["PATH=/bin:/usr/bin", "KEY=value"]);`;
  const child = native.launch({
    file: process.execPath,
    argv: ["node", "-e", script],
    env: {},
    stdio: [null, w, 2],
  });
  if (child instanceof LaunchError) throw child;
  native.close(w);
  expect(await readAll(r)).toBe(`${child.pid} value\n/dev/zero\n`);
  native.close(r);
  await child.ready;
  await ended(child);
  expect(openFds()).toBe(before);
});

test("the processor tells its vendor", () => {
  const answer = native.cpuid(0, 0);
  if (typeof answer === "number") return expect(answer).toBe(-ENOSYS);
  const letters = Buffer.alloc(12);
  for (const [at, value] of [answer.ebx, answer.edx, answer.ecx].entries())
    letters.writeUInt32LE(value, at * 4);
  expect(readFileSync("/proc/cpuinfo", "latin1")).toMatch(`: ${letters.toString("latin1")}\n`);
});

test("flags of the engine take effect at once", () => {
  const compile = () => new Script("%HaveSameMap({}, {})");
  expect(compile).toThrow(SyntaxError);
  expect(native.setEngineFlags("--allow-natives-syntax")).toBe(0);
  compile();
  native.setEngineFlags("--no-allow-natives-syntax");
  expect(() => native.setEngineFlags(1 as unknown as string)).toThrow(TypeError);
});

test("other threads give way, the calling one and later ones do not", () => {
  const script = `
    const { readdirSync, readFileSync } = require("node:fs");
    const { getPriority } = require("node:os");
    const before = readdirSync("/proc/self/task").map(Number);
    const rc = ${load}.backgroundThreads();
    require("node:zlib").gzip("", () => {
      const threads = readdirSync("/proc/self/task").map(Number);
      const niceOf = (chosen) => [...new Set(chosen.map((tid) => getPriority(tid)))];
      const slices = before.map((tid) => readFileSync("/proc/" + tid + "/task/" + tid + "/sched", "latin1"))
        .map((text) => /slice +: +(.*)/.exec(text)?.[1]);
      console.log(JSON.stringify({
        rc,
        own: getPriority(process.pid),
        others: niceOf(before.filter((tid) => tid !== process.pid)),
        later: niceOf(threads.filter((tid) => !before.includes(tid))),
        slices: [...new Set(slices.filter((_, i) => before[i] !== process.pid))],
      }));
    });`;
  const { own, slices, ...rest } = JSON.parse(
    execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }),
  );
  expect(rest).toEqual({ rc: 0, others: [own + 5], later: [own] });
  expect(["100000000", undefined]).toContain(slices[0]); // undefined: Linux before 6.12
});

test("a register nobody has is no answer", () => {
  expect(native.kvmMsr(0xdead_beef)).toBeLessThan(0);
});
