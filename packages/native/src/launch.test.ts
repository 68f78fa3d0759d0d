import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { LaunchError, type LaunchOptions, native, READABLE, RLIM_INFINITY, type Step } from "./index.ts";
import { ended, must, mustObject, openFds, pair, readAll, ready } from "./testing.ts";

const { EACCES, EAGAIN, EBADF, ECHILD, ECONNREFUSED, EINVAL, ENOENT, EPERM, EPIPE } = constants.errno;
const dir = mkdtempSync(join(tmpdir(), "native-"));
afterAll(() => rmSync(dir, { recursive: true }));

let before: number;
beforeEach(() => {
  before = openFds();
});
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
  expect(openFds()).toBe(before);
});

/** Closed after the test. */
const opened: number[] = [];
function openAt(path: string): number {
  const fd = openSync(path, "r");
  opened.push(fd);
  return fd;
}

function start(options: Partial<LaunchOptions>) {
  const child = native.launch({ file: "/bin/sh", argv: ["sh"], env: {}, ...options });
  if (child instanceof LaunchError) throw child;
  return child;
}

/** Runs a shell script with its output in a pipe. */
async function shell(script: string, options: Partial<LaunchOptions> = {}) {
  const [r, w] = mustObject(native.pipe2());
  const child = start({ argv: ["sh", "-c", script], stdio: [null, w, w], ...options });
  native.close(w);
  const output = await readAll(r);
  native.close(r);
  await child.ready;
  return { output, status: await ended(child) };
}

test("argv, environment, status", async () => {
  const { output, status } = await shell('echo "$0" "$1" "$KEY"; exit 3', {
    argv: ["zero", "-c", 'echo "$0" "$1" "$KEY$PATH"; exit 3', "ü", "two words"],
    env: { KEY: "value", LEFT: undefined, PATH: "" },
  });
  expect(output).toBe(Buffer.from("ü two words value\n").toString("latin1"));
  expect(status).toEqual({ code: 3 });
});

test("detached: the program runs on as nobody's child, what we started ends", async () => {
  const { output, status } = await shell("echo $PPID", { steps: [{ do: "detach" }] });
  expect(Number(output)).not.toBe(process.pid);
  expect(status).toEqual({ code: 0 });
});

test("end by signal; reap is exact", async () => {
  const [r, w] = mustObject(native.pipe2());
  opened.push(r, w);
  const child = start({ argv: ["sh", "-c", "read x"], stdio: [r, null, null] });
  await child.ready;
  expect(native.reap(child.pid)).toBeNull();
  expect(native.pidfdSignal(child.pidfd, 0)).toBe(0);
  expect(native.pidfdSignal(child.pidfd, constants.signals.SIGTERM)).toBe(0);
  expect(await ended(child)).toEqual({ signal: constants.signals.SIGTERM });
  expect(native.reap(child.pid)).toBe(-ECHILD);
});

const status = (key: string) => `grep ^${key}: /proc/self/status | cut -f 2-`;
const stepRows: [step: Step, script: string, output: string][] = [
  [{ do: "setsid" }, "cut -d' ' -f 1,6 /proc/$$/stat | tr ' ' '\\n' | uniq | wc -l", "1\n"],
  [{ do: "umask", value: 0o27 }, "umask", "0027\n"],
  [{ do: "nice", value: 5 }, "cut -d' ' -f 19 /proc/self/stat", "5\n"],
  [{ do: "oomScoreAdj", value: 321 }, "cat /proc/self/oom_score_adj", "321\n"],
  [{ do: "chdir", path: "/proc" }, "pwd", "/proc\n"],
  [
    { do: "rlimit", resource: "core", soft: 1024n, hard: RLIM_INFINITY },
    "ulimit -Sc; ulimit -Hc",
    "2\nunlimited\n",
  ],
  [{ do: "rlimit", resource: "nofile", soft: 77, hard: 88 }, "ulimit -Sn; ulimit -Hn", "77\n88\n"],
  [{ do: "groups", gids: [7, 9] }, status("Groups"), "7 9 \n"],
  [{ do: "gid", value: 12 }, status("Gid"), "12\t12\t12\t12\n"],
  [{ do: "uid", value: 34 }, status("Uid"), "34\t34\t34\t34\n"],
  [{ do: "affinity", mask: Uint8Array.of(1) }, status("Cpus_allowed_list"), "0\n"],
  [
    { do: "cgroup", paths: [join(dir, "one"), join(dir, "two")] },
    `cat ${dir}/one ${dir}/two | uniq -c | wc -l; test $(cat ${dir}/one)$(cat ${dir}/two) = $$$$ && echo same`,
    "1\nsame\n",
  ],
];

test.each(stepRows)("step %o", async (step, script, output) => {
  for (const name of ["one", "two"]) writeFileSync(join(dir, name), "");
  expect(await shell(script, { steps: [step], env: { PATH: "/usr/bin:/bin" } })).toEqual({
    output,
    status: { code: 0 },
  });
});

test("steps run in order, cwd comes last", async () => {
  const steps: Step[] = [
    { do: "umask", value: 0o77 },
    { do: "umask", value: 0o11 },
    { do: "chdir", path: "/proc" },
  ];
  expect((await shell("umask; pwd", { steps, cwd: "/sys" })).output).toBe("0011\n/sys\n");
});

const failures: [step: Step, errno: number][] = [
  [{ do: "chdir", path: join(dir, "none") }, ENOENT],
  [{ do: "rlimit", resource: "nofile", soft: 2n, hard: 1n }, EINVAL],
  [{ do: "oomScoreAdj", value: 5000 }, EINVAL],
  [{ do: "affinity", mask: new Uint8Array(8) }, EINVAL],
  [{ do: "cgroup", paths: [join(dir, "none", "tasks")] }, ENOENT],
  [{ do: "connect", fd: 3000, path: join(dir, "none") }, EBADF],
  [{ do: "notify", fd: 3000 }, EBADF],
  [{ do: "waitHandshake", fd: 3000 }, EBADF],
];

test.each(failures)("failing step %o", async (step, errno) => {
  const child = start({ steps: [{ do: "umask", value: 0 }, step, { do: "setsid" }] });
  await expect(child.ready).rejects.toMatchObject({ errno, step: step.do });
  expect(native.reap(child.pid)).toBe(-ECHILD);
  native.close(child.pidfd);
});

test.each<[Step, number]>([
  [{ do: "nice", value: -5 }, EACCES],
  [{ do: "groups", gids: [1] }, EPERM],
  [{ do: "gid", value: 0 }, EPERM],
  [{ do: "uid", value: 0 }, EPERM],
])("step %o without the right to it", async (step, errno) => {
  const drop: Step[] = [
    { do: "gid", value: 65534 },
    { do: "uid", value: 65534 },
  ];
  const child = start({ steps: [...drop, step] });
  await expect(child.ready).rejects.toMatchObject({ errno, step: step.do });
  native.close(child.pidfd);
});

test("setsid of a session leader fails", async () => {
  const child = start({ steps: [{ do: "setsid" }, { do: "setsid" }] });
  await expect(child.ready).rejects.toMatchObject({ errno: EPERM, step: "setsid" });
  native.close(child.pidfd);
});

test.each<[string, Partial<LaunchOptions>, number, string]>([
  ["program", { file: join(dir, "none") }, ENOENT, "exec"],
  ["directory as program", { file: dir }, EACCES, "exec"],
  ["kept descriptor", { keep: [3000] }, EBADF, "descriptors"],
  ["stdio", { stdio: [3000, null, null] }, EBADF, "descriptors"],
])("failing %s", async (_what, options, errno, step) => {
  const child = start(options);
  const error = await child.ready.catch((e) => e);
  expect(error).toBeInstanceOf(LaunchError);
  expect(error).toMatchObject({ errno, step });
  native.close(child.pidfd);
});

test.each<[string, Partial<LaunchOptions>, number]>([
  ["kept descriptor of stdio", { keep: [2] }, EBADF],
  ["step on a descriptor of stdio", { steps: [{ do: "notify", fd: 1 }] }, EBADF],
])("refused before the fork: %s", (_what, options, errno) => {
  expect(native.launch({ file: "/bin/true", argv: ["true"], env: {}, ...options })).toMatchObject({
    errno,
    step: "fork",
  });
});

test.each<[string, object]>([
  ["file", { file: 1 }],
  ["NUL", { argv: ["a\0b"] }],
  ["unknown step", { steps: [{ do: "unshare" }] }],
  ["step value", { steps: [{ do: "uid", value: "root" }] }],
  ["stdio", { stdio: [1, 2] }],
])("type mistakes throw: %s", (_what, options) => {
  expect(() => native.launch({ file: "/bin/true", argv: ["true"], env: {}, ...options })).toThrow(TypeError);
});

test("the program gets 0, 1, 2 and what it shall keep, nothing else", async () => {
  const kept = openAt("/dev/zero");
  native.setCloexec(openAt("/dev/null"), false);
  const { output } = await shell(
    `for fd in /proc/$$/fd/*; do [ -e $fd ] && echo "\${fd##*/}" && readlink $fd; done`,
    {
      env: { PATH: "/usr/bin:/bin" },
      keep: [kept, kept],
    },
  );
  const open = Object.fromEntries(
    [...output.matchAll(/^(\d+)\n(.*)$/gm)].map(([, fd, target]) => [fd, target]),
  );
  const pipe = expect.stringMatching("^pipe:");
  expect(open).toEqual({ 0: "/dev/null", 1: pipe, 2: pipe, [kept]: "/dev/zero" });
});

test("stdio may be swapped", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const script = `const native = require(${JSON.stringify(createRequire(import.meta.url).resolve("node-gyp-build"))})(${JSON.stringify(root)});
    native.launch({ file: "/bin/sh", argv: ["sh", "-c", "cat; echo err >&2"], env: ["PATH=/bin"], stdio: [0, 2, 1], keep: [], steps: [] });`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", input: "in" });
  expect({ stdout, stderr }).toEqual({ stdout: "err\n", stderr: "in" });
});

test("signals are back to the defaults", async () => {
  const { output } = await shell("exec cat /proc/self/status", { env: { PATH: "/bin:/usr/bin" } });
  for (const set of ["SigBlk", "SigIgn", "SigCgt"]) expect(output).toContain(`${set}:\t${"0".repeat(16)}\n`);
});

test("connect is done by the child: the peer sees its pid, the parent talks on", async () => {
  const path = join(dir, "holder");
  const listener = must(native.socketUnix("stream"));
  must(native.bind(listener, path));
  must(native.listen(listener, 1));
  const holder = must(native.socketUnix("stream"));
  const [ours, theirs] = pair("stream");
  const child = start({
    argv: ["sh", "-c", "read x"],
    stdio: [holder, null, null],
    keep: [holder],
    steps: [
      { do: "connect", fd: holder, path },
      { do: "notify", fd: theirs },
      { do: "waitHandshake", fd: theirs },
    ],
  });
  native.close(theirs);
  let running = false;
  const started = child.ready.then(() => {
    running = true;
  });

  await ready(ours, READABLE);
  expect(native.recv(ours, new Uint8Array(8), 0, 8)).toBe(1);
  const server = must(native.accept4(listener));
  expect(native.peerCred(server)).toMatchObject({ pid: child.pid });
  expect(native.send(holder, [Buffer.from("register")])).toBe(8);
  native.close(holder);
  expect(readFileSync(`/proc/${child.pid}/comm`, "latin1")).not.toBe("sh\n");
  expect(running).toBe(false);

  native.send(ours, [Uint8Array.of(1)]);
  await started;
  expect(readFileSync(`/proc/${child.pid}/comm`, "latin1")).toBe("sh\n");
  const buf = Buffer.alloc(64);
  expect(native.recv(server, buf, 0, 64)).toBe(8);
  expect(native.recv(server, buf, 0, 64)).toBe(-EAGAIN);
  native.pidfdSignal(child.pidfd, constants.signals.SIGKILL);
  await ended(child);
  await ready(server, READABLE);
  expect(native.recv(server, buf, 0, 64)).toBe(0);
  for (const fd of [listener, ours, server]) native.close(fd);
});

test("nobody listens", async () => {
  const path = join(dir, "dead");
  const bound = must(native.socketUnix("stream"));
  must(native.bind(bound, path));
  const fd = must(native.socketUnix("stream"));
  const child = start({ steps: [{ do: "connect", fd, path }] });
  await expect(child.ready).rejects.toMatchObject({ errno: ECONNREFUSED, step: "connect" });
  for (const open of [bound, fd, child.pidfd]) native.close(open);
});

test("a parent that gives up makes the waiting child fail", async () => {
  const [ours, theirs] = pair("stream");
  native.setNonBlocking(theirs);
  const child = start({ steps: [{ do: "waitHandshake", fd: theirs }] });
  native.close(theirs);
  native.close(ours);
  await expect(child.ready).rejects.toMatchObject({ errno: EPIPE, step: "waitHandshake" });
  native.close(child.pidfd);
});

test("a waiting child holds none of our other descriptors", async () => {
  const [ours, theirs] = pair("stream");
  const [a, b] = pair("stream");
  const child = start({
    argv: ["sh", "-c", ":"],
    steps: [
      { do: "notify", fd: theirs },
      { do: "waitHandshake", fd: theirs },
    ],
  });
  await ready(ours, READABLE);
  native.close(a);
  expect(native.recv(b, new Uint8Array(1), 0, 1)).toBe(0);
  native.send(ours, [Uint8Array.of(1)]);
  await child.ready;
  expect(await ended(child)).toEqual({ code: 0 });
  for (const fd of [ours, theirs, b]) native.close(fd);
});

test("many children at once", async () => {
  const children = Array.from({ length: 50 }, (_, n) => start({ argv: ["sh", "-c", `exit ${n}`] }));
  await Promise.all(children.map((child) => child.ready));
  expect(await Promise.all(children.map(ended))).toEqual(children.map((_, code) => ({ code })));
});
