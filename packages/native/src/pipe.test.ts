import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { native, O_CLOEXEC, O_NONBLOCK, SPLICE_F_NONBLOCK } from "./index.ts";
import { must, mustObject, openFds } from "./testing.ts";

const { EAGAIN, EBADF, EINVAL } = constants.errno;
const dir = mkdtempSync(join(tmpdir(), "native-"));
afterAll(() => rmSync(dir, { recursive: true }));

let before: number;
beforeEach(() => {
  before = openFds();
});
afterEach(() => expect(openFds()).toBe(before));

const newPipe = () => mustObject(native.pipe2(O_CLOEXEC | O_NONBLOCK));
const put = (fd: number, text: string) => must(native.write(fd, Buffer.from(text), 0, text.length));

test.each<[number | bigint, string]>([
  [0, "hello\0\0\0\0"],
  [4n, "\0\0\0\0hello"],
])("splice to offset %s", (offset, content) => {
  const path = join(dir, "log");
  writeFileSync(path, "\0".repeat(9));
  const [r, w] = newPipe();
  const file = openSync(path, "r+");
  put(w, "hello");
  expect(native.splice(r, null, file, offset, 65_536)).toBe(5);
  expect(readFileSync(path, "latin1")).toBe(content);
  expect(native.splice(r, null, file, offset, 65_536, SPLICE_F_NONBLOCK)).toBe(-EAGAIN);
  closeSync(w);
  expect(native.splice(r, null, file, offset, 65_536)).toBe(0);
  closeSync(r);
  closeSync(file);
});

test("splice at the file's own position, and from an offset into a pipe", () => {
  const path = join(dir, "own");
  writeFileSync(path, "0123456789");
  const [r, w] = newPipe();
  const file = openSync(path, "r");
  expect(native.splice(file, null, w, null, 2)).toBe(2);
  expect(native.splice(file, 7, w, null, 2)).toBe(2);
  expect(native.splice(file, null, w, null, 2)).toBe(2);
  const buf = Buffer.alloc(9);
  expect(native.read(r, buf, 0, 9)).toBe(6);
  expect(buf.toString("latin1", 0, 6)).toBe("017823");
  for (const fd of [r, w, file]) closeSync(fd);
});

test("tee copies without consuming", () => {
  const [r, w] = newPipe();
  const [r2, w2] = newPipe();
  put(w, "line\n");
  expect(native.tee(r, w2, 100)).toBe(5);
  expect([native.pipeBytes(r), native.pipeBytes(r2)]).toEqual([5, 5]);
  for (const fd of [r, w, r2, w2]) closeSync(fd);
});

test("pipe size", () => {
  const [r, w] = newPipe();
  expect(native.setPipeSize(r, 1_048_576)).toBe(1_048_576);
  expect(native.write(w, new Uint8Array(1_100_000), 0, 1_100_000)).toBe(1_048_576);
  expect(native.pipeBytes(r)).toBe(1_048_576);
  for (const fd of [r, w]) closeSync(fd);
});

test("errno", () => {
  const [r, w] = newPipe();
  const log = openSync(join(dir, "append"), "a");
  put(w, "x");
  expect(native.splice(r, null, log, 0, 1)).toBe(-EINVAL); // O_APPEND
  expect(native.splice(r, null, log, null, -1)).toBe(-EINVAL);
  expect(native.tee(r, -1, 1)).toBe(-EBADF);
  expect(native.setPipeSize(log, 4096)).toBe(-EBADF);
  expect(native.read(r, new Uint8Array(1), 0, 2)).toBe(-EINVAL);
  expect(() => native.splice(r, "0" as unknown as number, log, 0, 1)).toThrow(TypeError);
  for (const fd of [r, w, log]) closeSync(fd);
});
