import { existsSync, mkdtempSync, readFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { deferred } from "@libvirt-ts/util/deferred";
import { expect, test, vi } from "vitest";
import { OpenLogs, type SavedLog } from "./open-logs.ts";
import { ScratchPipe } from "./scratch-pipe.ts";

const owner = { driver: "qemu", domainName: "vm1", domainUuid: "8b3f4dc4-6a8e-5f9b-94a5-4c35babd8d95" };

function world(limits = { maxSize: 0, maxBackups: 3 }) {
  const path = join(mkdtempSync(join(tmpdir(), "open-logs-")), "vm1.log");
  const ended = deferred<void>();
  const inhibit = vi.fn(() => () => ended.resolve());
  const host = { native, log: silentLogger(), now: () => new Date(0), scratch: new ScratchPipe(native) };
  return { path, logs: new OpenLogs({ host, limits, inhibit }), ended: ended.promise };
}

const text = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

test("bytes go to the file; the log ends with its last writer", async () => {
  const { logs, path, ended } = world();
  const { position, writeEnd } = logs.open(path, owner, false);
  const other = native.dup(writeEnd);
  writeSync(writeEnd, "one ");
  expect(logs.position(path)).toEqual({ ...position, offset: 4n });
  native.close(writeEnd);
  writeSync(other, "two");
  expect(() => logs.open(path, owner, false)).toThrow("Device or resource busy");
  native.close(other);
  await ended;
  expect(text(path)).toBe("one two");
  expect(logs.has(path)).toBe(false);
  expect(() => logs.position(path)).toThrow(`internal error: No open log file ${path}`);
  expect(logs.open(path, owner, false).position.offset).toBe(7n);
});

test.each([
  ["fits exactly", 10, "0123456789", ["0123456789"]],
  ["cut at a line end", 10, "0123\n56\n89ABC", ["89ABC", "0123\n56\n"]],
  ["cut without one", 10, "0123456789ABC", ["ABC", "0123456789"]],
  ["several files", 8, "aaaa\nbbbbccccdddd\neeee", ["eeee", "dddd\n", "bbbbcccc", "aaaa\n"]],
])("rotation of what comes through the pipe: %s", (_, maxSize, written, expected) => {
  const { logs, path } = world({ maxSize, maxBackups: 3 });
  const { writeEnd } = logs.open(path, owner, false);
  writeSync(writeEnd, written);
  logs.position(path);
  expect(
    [path, `${path}.0`, `${path}.1`, `${path}.2`].map(text).filter((file) => file !== undefined),
  ).toEqual(expected);
  native.close(writeEnd);
});

test("a line end more than 80 bytes before the limit is too far back", () => {
  const { logs, path } = world({ maxSize: 2000, maxBackups: 1 });
  const { writeEnd } = logs.open(path, owner, false);
  const written = `${"a".repeat(1800)}\n${"b".repeat(300)}`;
  writeSync(writeEnd, written);
  logs.position(path);
  expect(text(`${path}.0`)).toBe(written.slice(0, 2000));
  expect(text(path)).toBe(written.slice(2000));
  native.close(writeEnd);
});

test("appending goes behind what waits in the pipe, open or not", async () => {
  const { logs, path, ended } = world();
  const { writeEnd } = logs.open(path, owner, false);
  writeSync(writeEnd, "guest ");
  logs.append(path, Buffer.from("tainted "));
  native.close(writeEnd);
  await ended;
  logs.append(path, Buffer.from("ended"));
  expect(text(path)).toBe("guest tainted ended");
});

test("handed over: bytes in the pipe and later ones arrive", () => {
  const before = world();
  const { writeEnd } = before.logs.open(before.path, owner, false);
  writeSync(writeEnd, "first ");
  before.logs.position(before.path);
  before.logs.suspend();
  writeSync(writeEnd, "waiting ");
  const saved = JSON.parse(JSON.stringify(before.logs.save())) as SavedLog[];
  expect(saved).toEqual([{ ...owner, path: before.path, pipe: expect.any(Number), dropped: 0 }]);
  const after = world();
  for (const log of saved) after.logs.adopt({ ...log, pipe: native.dup(log.pipe) });
  writeSync(writeEnd, "last");
  after.logs.position(before.path);
  expect(text(before.path)).toBe("first waiting last");
  after.logs.close();
});

test("a log that cannot be written: the writer is never stuck, the end gives up", async () => {
  const { logs, ended } = world();
  const { writeEnd } = logs.open("/dev/full", owner, false);
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
