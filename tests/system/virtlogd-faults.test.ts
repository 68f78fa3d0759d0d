import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LogInfo, LogReader } from "@libvirt-ts/log-manager/reading";
import { native } from "@libvirt-ts/native";
import { afterEach, describe, expect, test } from "vitest";
import { run, TestDaemon } from "./support/daemon.ts";
import { openLog } from "./support/logs.ts";

const writer = new URL("./fixtures/log-writer.py", import.meta.url).pathname;
const lineBytes = 36;
const marker = /\n[0-9 :.+-]+: virtlogd: ([0-9]+) bytes of output dropped\n/g;

let daemon: TestDaemon;
const guests: ChildProcess[] = [];
afterEach(async () => {
  for (const child of guests.splice(0)) child.kill("SIGKILL");
  await daemon.stop("SIGKILL");
});

/** A daemon whose folder `small` is a file system of its own, made by `mount`. */
async function withFileSystem(mount: string, config = "max_size = 0\n"): Promise<void> {
  daemon = await TestDaemon.start("virtlogd", {
    config,
    wrap: (command, prefix) => {
      mkdirSync(join(prefix, "small"));
      const script = `cd ${prefix}; ${mount}; cd /; exec "$@"`;
      return ["unshare", "-m", "/bin/sh", "-e", "-c", script, "sh", ...command];
    },
  });
}

const inside = (...names: string[]) =>
  join("/proc", String(daemon.pid), "root", daemon.prefix, "small", ...names);
const enter = (script: string) =>
  run("nsenter", ["-t", String(daemon.pid), "-m", "/bin/sh", "-e", "-c", `cd ${daemon.prefix}; ${script}`]);

/** A guest that writes at full speed to `small/NAME`. */
async function guest(name: string) {
  const path = join(daemon.prefix, "small", name);
  const fd = await openLog(daemon, path);
  const child = spawn("/usr/bin/python3", [writer, "1"], { stdio: ["ignore", fd, "pipe"] });
  guests.push(child);
  native.close(fd);
  return {
    path,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    /** @returns lines written, and the longest write in milliseconds */
    async end(): Promise<[count: number, stallMs: number]> {
      child.kill("SIGTERM");
      const [said] = (await once(child.stderr ?? process.stdin, "data")) as [Buffer];
      const [count = 0, stallMs = 0] = String(said).split(" ").map(Number);
      while ((await new LogReader(daemon.adminSocket).list()).some(({ isOpen }) => isOpen)) await sleep(20);
      return [count, stallMs];
    },
  };
}

/** Resolves with the first message that says so. */
async function problem(wanted: (info: LogInfo) => boolean, act: () => unknown): Promise<LogInfo> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const listener = (info: LogInfo) => {
      if (!wanted(info)) return;
      controller.abort();
      resolve(info);
    };
    new LogReader(daemon.adminSocket).watchProblems(listener, controller.signal).catch(reject);
    void sleep(200).then(act);
  });
}

/** Every byte is in the log or told of as dropped; what is there is in order. */
function checkAccount(file: string, lines: number): number {
  const text = readFileSync(file, "latin1");
  const dropped = [...text.matchAll(marker)].map(([, bytes]) => Number(bytes));
  const kept = text.replace(marker, "");
  expect(dropped.length).toBeGreaterThan(0);
  expect(kept.length + dropped.reduce((sum, bytes) => sum + bytes, 0)).toBe(lines * lineBytes);
  expect(kept.endsWith(`line ${String(lines - 1).padStart(30, "0")}\n`)).toBe(true);
  let last = -1;
  for (const [, digits] of text.matchAll(/^line (\d{30})$/gm)) {
    if (Number(digits) <= last) expect.fail(`line ${Number(digits)} behind ${last}`);
    last = Number(digits);
  }
  return dropped.length;
}

describe.skipIf(process.geteuid?.() !== 0)("what goes wrong with the place of a log", () => {
  const full = "mount -t tmpfs -o size=32M none small; head -c 24M /dev/zero > small/filler";
  test("a full disk under a guest at full speed: it goes on, the account is exact, writing comes back by itself", async () => {
    await withFileSystem(full);
    const vm = await guest("vm.log");
    const failing = await problem(
      ({ problem: why }) => why !== "",
      () => {},
    );
    expect(failing).toMatchObject({ path: vm.path, problem: "No space left on device" });
    await sleep(1000);
    expect(vm.isRunning()).toBe(true);
    await problem(
      ({ problem: why }) => why === "",
      () => rmSync(inside("filler")),
    );
    const [lines, stallMs] = await vm.end();
    checkAccount(inside("vm.log"), lines);
    expect(stallMs).toBeLessThan(5000);
  });

  test("the daemon is killed while the disk is full: what it dropped is not forgotten", async () => {
    await withFileSystem(full);
    const vm = await guest("vm.log");
    await problem(
      ({ problem: why }) => why !== "",
      () => {},
    );
    await sleep(600);
    const { prefix } = daemon;
    const holder = spawn("nsenter", ["-t", String(daemon.pid), "-m", "sleep", "100"], { stdio: "ignore" });
    await once(holder, "spawn");
    await sleep(200);
    await daemon.stop("SIGKILL");
    daemon = await TestDaemon.start("virtlogd", {
      prefix,
      config: "max_size = 0\n",
      wrap: (command) => ["nsenter", "-t", String(holder.pid), "-m", ...command],
    });
    holder.kill("SIGKILL");
    await problem(
      ({ problem: why }) => why === "",
      () => rmSync(inside("filler")),
    );
    const [lines] = await vm.end();
    checkAccount(inside("vm.log"), lines);
  });

  test("a file system that a broken disk made read-only, until there is another in its place", async () => {
    const image = "truncate -s 64M image; mkfs.ext4 -q -O ^has_journal image";
    await withFileSystem(`${image}; mount -o loop,errors=remount-ro image small`, "max_backups = 1\n");
    const vm = await guest("vm.log");
    await sleep(300);
    const breaks = "echo 1 > /sys/fs/ext4/$(basename $(findmnt -no SOURCE $PWD/small))/trigger_fs_error";
    const failing = await problem(
      ({ problem: why }) => why !== "",
      async () => expect(await enter(breaks)).toMatchObject({ code: 0 }),
    );
    expect(failing.problem).toContain("Read-only file system");
    await sleep(500);
    expect(vm.isRunning()).toBe(true);
    await problem(
      ({ problem: why }) => why === "",
      async () => expect(await enter("mount -t tmpfs none small")).toMatchObject({ code: 0 }),
    );
    const [lines, stallMs] = await vm.end();
    expect(
      readFileSync(inside("vm.log"), "latin1").endsWith(`line ${String(lines - 1).padStart(30, "0")}\n`),
    ).toBe(true);
    expect(stallMs).toBeLessThan(5000);
  });

  test("its folder is deleted: it is made again, and nothing is lost that came after", async () => {
    await withFileSystem("mkdir small/logs");
    const vm = await guest("logs/vm.log");
    await sleep(300);
    rmSync(inside("logs"), { recursive: true });
    while (!existsSync(inside("logs/vm.log"))) await sleep(10);
    const [lines] = await vm.end();
    const numbers = [...readFileSync(inside("logs/vm.log"), "latin1").matchAll(/^line (\d{30})$/gm)].map(
      ([, digits]) => Number(digits),
    );
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    expect(numbers.at(-1)).toBe(lines - 1);
    writeFileSync(inside("unused"), "");
  });
});
