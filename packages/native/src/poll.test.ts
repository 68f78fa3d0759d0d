import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HANGUP, native, READABLE, WRITABLE } from "./index.ts";
import { must, mustObject, openFds, pair, ready } from "./testing.ts";

const { EBADF, EEXIST, EINVAL, EPERM, EPIPE } = constants.errno;

let a: number;
let b: number;
let before: number;
beforeEach(() => {
  before = openFds();
  [a, b] = pair("stream");
});
afterEach(() => {
  for (const fd of [a, b]) native.close(fd);
  expect(openFds()).toBeLessThanOrEqual(before);
});

const send = () => must(native.send(a, [Uint8Array.of(1)]));

test("readable, writable, hang-up", async () => {
  expect(await ready(b, WRITABLE)).toBe(WRITABLE);
  send();
  expect(await ready(b, READABLE | WRITABLE)).toBe(READABLE | WRITABLE);
  native.shutdown(a, "write");
  expect(await ready(b, READABLE | HANGUP)).toBe(READABLE | HANGUP);
});

test("fires as long as there is something to read; the mask can change, the callback stays", async () => {
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const poll = new native.Poll(b);
    send();
    poll.start(READABLE, (_status, events) => {
      seen.push(events);
      if (seen.length === 2) must(poll.start(WRITABLE));
      if (seen.length === 3) {
        poll.close();
        resolve();
      }
    });
  });
  expect(seen).toEqual([READABLE, READABLE, WRITABLE]);
});

test("promises of the callback run before the next event", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const poll = new native.Poll(b);
    poll.start(WRITABLE, () => {
      order.push("event");
      if (order.length > 2) {
        poll.close();
        resolve();
      }
      queueMicrotask(() => order.push("microtask"));
    });
  });
  expect(order.slice(0, 3)).toEqual(["event", "microtask", "event"]);
});

test("nothing comes after stop and close, also when called by another callback of the same turn", async () => {
  const [c, d] = pair("stream");
  let calls = 0;
  const polls = [b, d].map((fd) => new native.Poll(fd));
  await new Promise<void>((resolve) => {
    const once = () => {
      calls++;
      for (const poll of polls) {
        poll.stop();
        poll.close();
        poll.close();
      }
      setImmediate(resolve);
    };
    for (const poll of polls) must(poll.start(WRITABLE, once));
  });
  expect(calls).toBe(1);
  expect(polls[0]?.start(READABLE, () => {})).toBe(-EBADF);
  for (const fd of [c, d]) native.close(fd);
});

test("the number may be used again right after close", async () => {
  for (let round = 0; round < 3; round++) {
    const [c, d] = pair("stream");
    expect(await ready(d, WRITABLE)).toBe(WRITABLE);
    for (const fd of [c, d]) native.close(fd);
  }
});

test("a pipe whose reader has gone is an error state; writing tells the cause", async () => {
  const [r, w] = mustObject(native.pipe2());
  native.close(r);
  expect(await ready(w, WRITABLE)).toBe(-EBADF);
  expect(native.write(w, new Uint8Array(1), 0, 1)).toBe(-EPIPE);
  native.close(w);
});

test("errno and types", () => {
  const file = openSync(fileURLToPath(import.meta.url), "r");
  const first = new native.Poll(a);
  const second = new native.Poll(a);
  expect(new native.Poll(file).start(READABLE, () => {})).toBe(-EPERM);
  expect(new native.Poll(9999).start(READABLE, () => {})).toBe(-EBADF);
  expect(first.start(0, () => {})).toBe(-EINVAL);
  expect(first.start(READABLE, () => {})).toBe(0);
  expect(second.start(READABLE, () => {})).toBe(-EEXIST);
  expect(() => second.start(READABLE)).toThrow(TypeError);
  expect(() => new native.Poll("x" as unknown as number)).toThrow(TypeError);
  expect(() => (native.Poll as unknown as (fd: number) => void)(1)).toThrow(TypeError);
  expect(() => first.start.call({} as never, READABLE, () => {})).toThrow(TypeError);
  first.close();
  closeSync(file);
});

/** What needs a process of its own: `load()` gives the addon, `native` is it, `[a, b]` are two sockets. */
const scripts: [what: string, body: string, output: string][] = [
  [
    "an exception in the callback is an uncaught one, and the loop goes on",
    `let n = 0;
     const poll = new native.Poll(a);
     process.on("uncaughtException", (e) => console.log(e.message));
     poll.start(2, () => { if (++n === 2) poll.close(); throw new Error("oops " + n); });`,
    "oops 1\noops 2\n",
  ],
  [
    "a watching Poll keeps the process alive",
    `const poll = new native.Poll(a);
     poll.start(1, () => { console.log("event"); poll.close(); });
     const timer = setTimeout(() => native.send(b, [new Uint8Array(1)]), 1).unref();`,
    "event\n",
  ],
  [
    "one with unref does not",
    `const poll = new native.Poll(a);
     poll.unref();
     poll.start(1, () => {});
     console.log("end");`,
    "end\n",
  ],
  [
    "idle ones are collected, a watching one is not",
    `let left = 1000;
     const registry = new FinalizationRegistry(() => left--);
     const idle = () => { const poll = new native.Poll(a); poll.start(1, () => {}); poll.stop(); registry.register(poll); };
     for (let i = 0; i < 1000; i++) idle();
     new native.Poll(b).start(1, function () { console.log("event"); this.close(); });
     const turn = () => { gc(); if (left > 0) setImmediate(turn); else native.send(a, [new Uint8Array(1)]); };
     turn();`,
    "event\n",
  ],
  [
    "a worker thread may end while watching",
    `const { Worker } = require("node:worker_threads");
     const body = load.toString() + "new (load().Poll)(" + a + ").start(1, () => {});" +
       "require('node:worker_threads').parentPort.postMessage(0); setInterval(() => {}, 1000)";
     const worker = new Worker(body, { eval: true });
     worker.on("message", () => worker.terminate().then(() => console.log("terminated")));`,
    "terminated\n",
  ],
];

test.each(scripts)("%s", (_what, body, output) => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const loader = createRequire(import.meta.url).resolve("node-gyp-build");
  const script = `function load() { return require(${JSON.stringify(loader)})(${JSON.stringify(root)}); }
    const native = load();
    const [a, b] = native.socketpair("stream");
    ${body}`;
  expect(execFileSync(process.execPath, ["--expose-gc", "-e", script], { encoding: "utf8" })).toBe(output);
});
