import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { RotatingFile } from "./rotating-file.ts";

const fresh = () => join(mkdtempSync(join(tmpdir(), "rotating-")), "x.log");

/** Newest first: the log, then its backups. */
function contents(path: string): string[] {
  const names = [path, ...[0, 1, 2, 3].map((index) => `${path}.${index}`)];
  return names.filter((name) => existsSync(name)).map((name) => readFileSync(name, "utf8"));
}

test.each([
  ["fits", 10, 2, ["12345", "67890"], ["1234567890"]],
  ["exactly full rolls over at the next byte", 10, 2, ["1234567890", "x"], ["x", "1234567890"]],
  ["cut at the limit without a line end", 10, 2, ["12345678901234"], ["1234", "1234567890"]],
  ["cut at the last line end", 10, 2, ["1234\n678\n01234"], ["01234", "1234\n678\n"]],
  ["the line end counts only in what is written now", 10, 2, ["1234\n", "6789012"], ["12", "1234\n67890"]],
  ["backups move up and the oldest goes", 4, 2, ["aaaabbbbccccdddd"], ["dddd", "cccc", "bbbb"]],
  ["no backups", 4, 0, ["aaaabbbb"], ["bbbb"]],
  ["never", 0, 3, ["a".repeat(1000)], ["a".repeat(1000)]],
  [
    "a line end further back than 80 bytes",
    100,
    1,
    [`abc\n${"x".repeat(120)}`],
    ["x".repeat(24), `abc\n${"x".repeat(96)}`],
  ],
  [
    "a line end 80 bytes back",
    100,
    1,
    [`${"a".repeat(20)}\n${"x".repeat(100)}`],
    ["x".repeat(100), `${"a".repeat(20)}\n`],
  ],
])("%s", async (_, maxSize, maxBackups, writes, expected) => {
  const path = fresh();
  const file = await RotatingFile.open(path, { limits: { maxSize, maxBackups } });
  for (const text of writes) await file.append(Buffer.from(text));
  await file.close();
  expect(contents(path)).toEqual(expected);
});

test("a file that is too long already rolls over at the first write", async () => {
  const path = fresh();
  writeFileSync(path, "much too long");
  const file = await RotatingFile.open(path, { limits: { maxSize: 4, maxBackups: 1 } });
  expect(file.room).toBe(0);
  await file.append(Buffer.from("new"));
  expect(contents(path)).toEqual(["new", "much too long"]);
});

test("truncate removes the backups too; mode is private; the position follows the inode", async () => {
  const path = fresh();
  for (const name of [path, `${path}.0`, `${path}.1`]) writeFileSync(name, "old");
  const file = await RotatingFile.open(path, { limits: { maxSize: 4, maxBackups: 2 }, truncate: true });
  expect(contents(path)).toEqual([""]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await file.append(Buffer.from("aaaab"));
  expect(file.position).toEqual({ inode: statSync(path, { bigint: true }).ino, offset: 1n });
});

test("errors carry path and errno", async () => {
  const refused = () => RotatingFile.open("/nonexistent/x.log", { limits: { maxSize: 0, maxBackups: 0 } });
  await expect(refused()).rejects.toThrow(
    "Unable to open file: /nonexistent/x.log: No such file or directory",
  );
  await expect(refused()).rejects.toThrow(expect.objectContaining({ code: 38, int1: 2 }));
});

const limits = { maxSize: 100, maxBackups: 3 };

test.each([
  ["before the newest name was given", [".1", ".2"]],
  ["between", [".0", ".2"]],
  ["after all but the last", [".0", ".1"]],
  ["nothing was moved yet", [".0", ".1", ".2"]],
])("a rotation cut short goes on: %s", async (_, backups) => {
  const path = fresh();
  for (const suffix of backups) writeFileSync(path + suffix, `was ${suffix}`);
  writeFileSync(path, `${"x".repeat(90)}\n`);
  const file = RotatingFile.resume(path, { limits });
  await file.append(Buffer.from("new, and does not fit"));
  await file.close();
  const kept = backups.map((suffix) => `was ${suffix}`).slice(0, 2);
  expect(contents(path)).toEqual(["new, and does not fit", `${"x".repeat(90)}\n`, ...kept]);
});

test.each([
  ["not at a line end: the line goes on", "x".repeat(90), 0],
  ["far from full", "x\n", 0],
  ["full", `${"x".repeat(99)}\n`, 1],
])("resumed, the file is full or is not: %s", async (_, text, rotations) => {
  const path = fresh();
  writeFileSync(path, text);
  const file = RotatingFile.resume(path, { limits });
  await file.append(Buffer.from("y\n"));
  await file.close();
  expect(contents(path)).toHaveLength(1 + rotations);
  expect(contents(path).toReversed().join("")).toBe(`${text}y\n`);
});

test("deleted with its folder while it is written: begins anew and loses nothing since the last look", async () => {
  const path = join(dirname(fresh()), "folder", "x.log");
  await expect(RotatingFile.open(path, { limits })).rejects.toThrow("No such file or directory");
  const file = RotatingFile.resume(path, { limits });
  await file.append(Buffer.from("one\n"));
  rmSync(dirname(path), { recursive: true });
  await file.append(Buffer.from("two\n"));
  await file.rotate();
  await file.append(Buffer.from("three\n"));
  expect(contents(path)).toEqual(["three\n", "one\ntwo\n"]);
});

test("cut off by somebody: goes on at its end, without a hole", async () => {
  const path = fresh();
  const file = await RotatingFile.open(path, { limits });
  await file.append(Buffer.from("one\n"));
  truncateSync(path, 0);
  await vi.waitFor(async () => {
    await file.check();
    expect(file.offset).toBe(0);
  });
  await file.append(Buffer.from("two\n"));
  expect(contents(path)).toEqual(["two\n"]);
});

test("out of reach for a while: every call says so, then it goes on", async () => {
  const path = join(dirname(fresh()), "folder", "x.log");
  writeFileSync(dirname(path), "a file is in the way");
  const file = RotatingFile.resume(path, { limits });
  for (let time = 0; time < 2; time++)
    await expect(file.append(Buffer.from("x"))).rejects.toThrow(
      expect.objectContaining({ code: 38, int1: 20 }),
    );
  renameSync(dirname(path), `${dirname(path)}.away`);
  await file.append(Buffer.from("x"));
  expect(contents(path)).toEqual(["x"]);
});
