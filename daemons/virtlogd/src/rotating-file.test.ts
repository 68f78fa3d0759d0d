import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
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
])("%s", (_, maxSize, maxBackups, writes, expected) => {
  const path = fresh();
  const file = new RotatingFile(path, { maxSize, maxBackups });
  for (const text of writes) file.append(Buffer.from(text));
  file.close();
  expect(contents(path)).toEqual(expected);
});

test("a file that is too long already rolls over at the first write", () => {
  const path = fresh();
  writeFileSync(path, "much too long");
  const file = new RotatingFile(path, { maxSize: 4, maxBackups: 1 });
  expect(file.room).toBe(0);
  file.append(Buffer.from("new"));
  expect(contents(path)).toEqual(["new", "much too long"]);
});

test("truncate removes the backups too; mode is private; the position follows the inode", () => {
  const path = fresh();
  for (const name of [path, `${path}.0`, `${path}.1`]) writeFileSync(name, "old");
  const file = new RotatingFile(path, { maxSize: 4, maxBackups: 2 }, true);
  expect(contents(path)).toEqual([""]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  file.append(Buffer.from("aaaab"));
  expect(file.position).toEqual({ inode: statSync(path, { bigint: true }).ino, offset: 1n });
});

test("errors carry path and errno", () => {
  const refused = () => new RotatingFile("/nonexistent/x.log", { maxSize: 0, maxBackups: 0 });
  expect(refused).toThrow("Unable to open file: /nonexistent/x.log: No such file or directory");
  expect(refused).toThrow(expect.objectContaining({ code: 38, int1: 2 }));
});
