import { Worker } from "node:worker_threads";
import { beforeEach } from "vitest";

/** How often is looked, and how often in a row nothing may have happened: together longer than any test's own time-out. */
const lookMs = 60_000;
const patience = 3;

/**
 * Ends a test process whose event loop stands still, and says in which test: such a test does not keep its own time-out, and
 * the whole run would wait for ever. A thread of its own looks whether the count goes on.
 */
const watch = `
const { writeSync } = require("node:fs");
const { workerData: { beats, name, lookMs, patience } } = require("node:worker_threads");
let seen = 0;
let still = 0;
setInterval(() => {
  still = beats[0] === seen ? still + 1 : 0;
  seen = beats[0];
  if (still < patience) return;
  writeSync(2, "the event loop stands still in " + Buffer.from(name.buffer).toString("utf8", 0, beats[1]) + "\\n");
  process.kill(process.pid, "SIGKILL");
}, lookMs);
`;

const beats = new Int32Array(new SharedArrayBuffer(8));
const name = new Uint8Array(new SharedArrayBuffer(1024));
new Worker(watch, { eval: true, workerData: { beats, name, lookMs, patience } }).unref();
setInterval(() => Atomics.add(beats, 0, 1), 1000).unref();
beforeEach(({ task }) => {
  beats[1] = Buffer.from(name.buffer).write(`${task.file.name}: ${task.name}`);
});
