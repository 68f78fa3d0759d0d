import { existsSync, mkdtempSync, readFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noFdStore } from "@libvirt-ts/keeper";
import { silentLogger } from "@libvirt-ts/logging";
import { type Native, native } from "@libvirt-ts/native";
import { deferred } from "@libvirt-ts/util/deferred";
import { expect, test, vi } from "vitest";
import { LogRecords } from "./log-records.ts";
import { OpenLogs } from "./open-logs.ts";
import { ScratchPipe } from "./scratch-pipe.ts";

const owner = { driver: "qemu", domainName: "vm1", domainUuid: "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95" };

function world(limits = { maxSize: 0, maxBackups: 3 }, records = new LogRecords(), calls: Native = native) {
  const path = join(mkdtempSync(join(tmpdir(), "open-logs-")), "vm1.log");
  const ended = deferred<void>();
  const inhibit = vi.fn(() => () => ended.resolve());
  const host = { native: calls, log: silentLogger(), now: () => 0, scratch: new ScratchPipe(native) };
  return { path, logs: new OpenLogs({ host, limits, inhibit, records }), ended: ended.promise };
}

const text = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

test("bytes go to the file; the log ends with its last writer", async () => {
  const { logs, path, ended } = world();
  const { position, writeEnd } = await logs.open(path, owner, false);
  const other = native.dup(writeEnd);
  writeSync(writeEnd, "one ");
  expect(await logs.position(path)).toEqual({ ...position, offset: 4n });
  native.close(writeEnd);
  writeSync(other, "two");
  await expect(logs.open(path, owner, false)).rejects.toThrow("Device or resource busy");
  native.close(other);
  await ended;
  expect(text(path)).toBe("one two");
  expect(logs.get(path)).toBeUndefined();
  await expect(logs.position(path)).rejects.toThrow(`internal error: No open log file ${path}`);
  expect((await logs.open(path, owner, false)).position.offset).toBe(7n);
});

test.each([
  ["fits exactly", 10, "0123456789", ["0123456789"]],
  ["cut at a line end", 10, "0123\n56\n89ABC", ["89ABC", "0123\n56\n"]],
  ["cut without one", 10, "0123456789ABC", ["ABC", "0123456789"]],
  ["several files", 8, "aaaa\nbbbbccccdddd\neeee", ["eeee", "dddd\n", "bbbbcccc", "aaaa\n"]],
])("rotation of what comes through the pipe: %s", async (_, maxSize, written, expected) => {
  const { logs, path } = world({ maxSize, maxBackups: 3 });
  const { writeEnd } = await logs.open(path, owner, false);
  writeSync(writeEnd, written);
  await logs.position(path);
  expect(
    [path, `${path}.0`, `${path}.1`, `${path}.2`].map(text).filter((file) => file !== undefined),
  ).toEqual(expected);
  native.close(writeEnd);
});

test("a line end more than 80 bytes before the limit is too far back", async () => {
  const { logs, path } = world({ maxSize: 2000, maxBackups: 1 });
  const { writeEnd } = await logs.open(path, owner, false);
  const written = `${"a".repeat(1800)}\n${"b".repeat(300)}`;
  writeSync(writeEnd, written);
  await logs.position(path);
  expect(text(`${path}.0`)).toBe(written.slice(0, 2000));
  expect(text(path)).toBe(written.slice(2000));
  native.close(writeEnd);
});

test("appending goes behind what waits in the pipe, open or not", async () => {
  const { logs, path, ended } = world();
  const { writeEnd } = await logs.open(path, owner, false);
  writeSync(writeEnd, "guest ");
  await logs.append(path, Buffer.from("tainted "));
  native.close(writeEnd);
  await ended;
  await logs.append(path, Buffer.from("ended"));
  expect(text(path)).toBe("guest tainted ended");
});

/** What a process leaves behind: its pipes, and what it noted. */
function left() {
  const pipes = new Map<string, number>();
  const table = new Map<string, unknown>();
  const store = {
    ...noFdStore(),
    put: (key: string, fd: number) => void pipes.set(key, native.dup(fd)),
    remove: (key: string) => void pipes.delete(key),
  };
  return { pipes, table, records: new LogRecords(store, table) };
}

test("the next process goes on: bytes in the pipe and later ones arrive", async () => {
  const { pipes, table, records } = left();
  const before = world(undefined, records);
  const { path } = before;
  const { writeEnd } = await before.logs.open(path, owner, false);
  writeSync(writeEnd, "first ");
  await before.logs.position(path);
  expect([...table]).toEqual([["log-1", { ...owner, path, dropped: 0 }]]);
  await before.logs.close();
  writeSync(writeEnd, "waiting ");

  const after = world(undefined, new LogRecords({ ...noFdStore(), found: pipes }, table));
  after.logs.adoptAll();
  writeSync(writeEnd, "last");
  await after.logs.position(path);
  expect(text(path)).toBe("first waiting last");
  native.close(writeEnd);
  await after.ended;
  expect(table.size).toBe(0);
});

test("the writer went while nobody was there: what is in the pipe arrives, then the log ends", async () => {
  const { pipes, table, records } = left();
  const before = world(undefined, records);
  const { writeEnd } = await before.logs.open(before.path, owner, false);
  await before.logs.close();
  writeSync(writeEnd, "last words");
  native.close(writeEnd);
  const after = world(undefined, new LogRecords({ ...noFdStore(), found: pipes }, table));
  after.logs.adoptAll();
  await after.ended;
  expect(text(before.path)).toBe("last words");
});

test("a pipe nobody noted and a note without a pipe are forgotten", () => {
  const [readEnd, writeEnd] = native.pipe2() as [number, number];
  const table = new Map([["log-7", { ...owner, path: "/nowhere", dropped: 0 }]]);
  const removed: string[] = [];
  const store = {
    ...noFdStore(),
    found: new Map([["log-9", readEnd]]),
    remove: (key: string) => void removed.push(key),
  };
  const records = new LogRecords(store, table);
  expect(records.take((fd) => native.close(fd))).toEqual([]);
  expect([removed, table.size, records.newKey()]).toEqual([["log-9"], 0, "log-10"]);
  expect(() => writeSync(writeEnd, "x")).toThrow("EPIPE");
  native.close(writeEnd);
});

test.each([
  ["EIO", 5, "Input/output error"],
  ["EROFS", 30, "Read-only file system"],
  ["EDQUOT", 122, "Disk quota exceeded"],
])("%s while bytes are moved: they wait, then all are there", async (_, errno, reason) => {
  let isBroken = false;
  const splice: Native["splice"] = (...args) => (isBroken ? -errno : native.splice(...args));
  const { logs, path } = world(undefined, undefined, { ...native, splice });
  const { writeEnd } = await logs.open(path, owner, false);
  const pipe = logs.get(path)?.pipe;
  writeSync(writeEnd, "one ");
  await logs.position(path);
  isBroken = true;
  writeSync(writeEnd, "two ");
  await logs.position(path);
  expect([text(path), pipe?.problem, pipe?.dropped]).toEqual(["one ", reason, 0]);
  isBroken = false;
  writeSync(writeEnd, "three");
  await vi.waitFor(() => expect(pipe?.problem).toBeUndefined());
  expect(text(path)).toBe("one two three");
  native.close(writeEnd);
});

test("a log that cannot be written: the writer is never stuck, the end gives up", async () => {
  const { logs, ended } = world();
  const { writeEnd } = await logs.open("/dev/full", owner, false);
  native.setNonBlocking(writeEnd, true);
  const block = Buffer.alloc(64 * 1024);
  let written = 0;
  for (let full = 0; full < 2; ) {
    const count = native.write(writeEnd, block, 0, block.length);
    if (count > 0) written += count;
    else {
      full += 1;
      await new Promise((resolve) => setTimeout(resolve, 300)); // the daemon looks again after 250 ms
    }
  }
  expect(written).toBeGreaterThan(1024 * 1024);
  native.close(writeEnd);
  await ended;
});

test.each([
  ["that goes on", false],
  ["that has ended", true],
])("a file that cannot be written for a moment costs a guest %s nothing", async (_, hasEnded) => {
  const enospc = -28;
  let failures = 1;
  const splice: Native["splice"] = (...args) => (failures-- > 0 ? enospc : native.splice(...args));
  const { logs, path, ended } = world(undefined, undefined, { ...native, splice });
  const { writeEnd } = await logs.open(path, owner, false);
  const written = "0123456789abcdef".repeat(50_000); // more than half of the pipe
  writeSync(writeEnd, written);
  if (hasEnded) native.close(writeEnd);
  await vi.waitUntil(() => text(path)?.length === written.length);
  expect(text(path) === written).toBe(true);
  if (!hasEnded) native.close(writeEnd);
  await ended;
});
