import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { native } from "@libvirt-ts/native";
import { log } from "@libvirt-ts/protocol";
import { afterEach, expect, test } from "vitest";
import { newPrefix, type StartOptions, TestDaemon } from "./support/daemon.ts";
import { openLog } from "./support/logs.ts";

/** Seconds of the long test, its seed, and whether its figures are printed. */
const seconds = Number(process.env.LOG_SURVIVAL_SECONDS ?? 10);
const seed = Number(process.env.LOG_SURVIVAL_SEED ?? Date.now() % 1_000_000);

const writer = new URL("./fixtures/log-writer.py", import.meta.url).pathname;
const lineBytes = 36;
const backups = 32;
const config = `max_size = ${1024 * 1024}\nmax_backups = ${backups}\n`;

let daemon: TestDaemon;
let prefix: string;
const writers: ChildProcess[] = [];

async function start(options: StartOptions = {}): Promise<void> {
  daemon = await TestDaemon.start("virtlogd", { config, ...options, prefix });
}

afterEach(async () => {
  for (const child of writers.splice(0)) child.kill("SIGKILL");
  await daemon.stop("SIGKILL");
});

/** Resolves when the last writer's end has been noticed and everything is in the file. */
async function untilClosed(path: string): Promise<void> {
  const client = await daemon.connect();
  try {
    for (;;) await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 });
  } catch {
    client.close(); // not open any more
  }
}

/** Oldest first. */
function chain(path: string): string[] {
  const names = Array.from({ length: backups }, (_, index) => `${path}.${index}`).toReversed();
  return [...names, path].filter((name) => existsSync(name));
}

/**
 * Numbers of the first and the last line; every line between is there once and in order. Files end with a line, unless one
 * began in the last few bytes.
 */
function checkRun(files: readonly string[]): [first: number, last: number] {
  let first: number | undefined;
  let next = 0;
  let rest = "";
  for (const file of files) {
    const text = rest + readFileSync(file, "latin1");
    const end = text.length - (text.length % lineBytes);
    for (let at = 0; at < end; at += lineBytes) {
      const number = Number(text.slice(at + 5, at + lineBytes - 1));
      if (first !== undefined && number !== next)
        expect.fail(`${file}: line ${number} at ${at}, not ${next}`);
      first ??= number;
      next = number + 1;
    }
    rest = text.slice(end);
  }
  expect(rest).toBe("");
  return [first ?? -1, next - 1];
}

/** Repeatable numbers in [0, 1). */
function random(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test(`killed again and again under eight writers at full speed (seed ${seed})`, {
  timeout: (seconds + 60) * 1000,
}, async () => {
  prefix = newPrefix();
  const pick = random(seed);
  await start();
  const paths = Array.from({ length: 8 }, (_, index) => join(prefix, `vm${index}.log`));
  for (const [index, path] of paths.entries()) {
    const fd = await openLog(daemon, path);
    writers.push(
      spawn("/usr/bin/python3", [writer, String(seed + index)], { stdio: ["ignore", fd, "pipe"] }),
    );
    native.close(fd);
  }
  let kills = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; kills++) {
    await sleep(300 + pick() * 600);
    await daemon.stop("SIGKILL");
    await start();
    await sleep(50 + pick() * 100);
    // backups reach back to before the kill: look at them, with time standing still
    daemon.process.kill("SIGSTOP");
    const looked = join(prefix, `looked${kills}`);
    mkdirSync(looked);
    const some = paths.filter(() => pick() < 0.25);
    for (const path of some)
      for (const name of chain(path).slice(0, -1)) linkSync(name, join(looked, basename(name)));
    daemon.process.kill("SIGCONT");
    for (const path of some) checkRun(chain(join(looked, basename(path))));
    rmSync(looked, { recursive: true });
  }
  let lines = 0;
  let stall = 0;
  for (const [index, path] of paths.entries()) {
    const child = writers[index];
    child?.kill("SIGTERM");
    const [said] = (await once(child?.stderr ?? process.stdin, "data")) as [Buffer];
    const [count = 0, stallMs = 0] = String(said).split(" ").map(Number);
    await untilClosed(path);
    const [first, last] = checkRun(chain(path));
    expect(first, "far more was written than is kept").toBeGreaterThan(0);
    expect(last).toBe(count - 1);
    lines += count;
    stall = Math.max(stall, stallMs);
  }
  const megabytes = Math.round((lines * lineBytes) / 1e6);
  console.log(
    `${kills} kills, ${megabytes} MB, ${Math.round(megabytes / seconds)} MB/s, longest write ${stall} ms`,
  );
  expect(kills).toBeGreaterThan(seconds / 5);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "ended by %s: a guest writes on, and the next daemon has it all",
  async (signal) => {
    prefix = newPrefix();
    await start();
    const path = join(prefix, "vm.log");
    const fd = await openLog(daemon, path);
    writeSync(fd, "one\n");
    await daemon.stop(signal);
    writeSync(fd, "two\n");
    await start();
    writeSync(fd, "three\n");
    closeSync(fd);
    await untilClosed(path);
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\nthree\n");
  },
);

test("the guest ended while nobody was there: its last words are in the log", async () => {
  prefix = newPrefix();
  await start();
  const path = join(prefix, "vm.log");
  const fd = await openLog(daemon, path);
  await daemon.stop("SIGKILL");
  writeSync(fd, "last words\n");
  closeSync(fd);
  await start();
  await untilClosed(path);
  expect(readFileSync(path, "utf8")).toBe("last words\n");
});
