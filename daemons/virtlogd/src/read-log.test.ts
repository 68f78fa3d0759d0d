import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localPlaces } from "./file-places.ts";
import { readLog } from "./read-log.ts";

const path = join(mkdtempSync(join(tmpdir(), "read-")), "x.log");
writeFileSync(`${path}.1`, "oldest ");
writeFileSync(`${path}.0`, "older ");
writeFileSync(path, "newest");
const inode = (suffix: string) => statSync(path + suffix, { bigint: true }).ino;

test.each([
  ["from a place in the log", inode(""), 3n, 100, "est"],
  ["limited", inode(""), 0n, 3, "new"],
  ["across files", inode(".0"), 2n, 100, "der newest"],
  ["across files, limited", inode(".1"), 0n, 9, "oldest ol"],
  ["at the end", inode(""), 6n, 100, ""],
  ["beyond the end", inode(""), 600n, 100, ""],
  ["a file that is gone", 1n, 4n, 100, "oldest older newest"],
  ["nothing asked for", inode(""), 0n, 0, ""],
])("%s", async (_, ino, offset, max, text) => {
  const bytes = await readLog({ path, maxBackups: 3, places: localPlaces }, { inode: ino, offset }, max);
  expect(bytes.toString()).toBe(text);
});

test("no log at all", async () => {
  const chain = { path: "/nonexistent/x.log", maxBackups: 3, places: localPlaces };
  await expect(readLog(chain, { inode: 1n, offset: 0n }, 10)).rejects.toThrow(
    "Unable to open file: /nonexistent/x.log: No such file or directory",
  );
});
