import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LocalDirectories } from "./local-directories.ts";

test("what is known of a directory lasts for a while; /proc is no disk, nor is what is not there", async () => {
  let now = 0;
  const local = new LocalDirectories(() => now);
  const path = join(mkdtempSync(join(tmpdir(), "local-")), "file");
  expect(local.has(path)).toBe(false);
  expect(await local.ask(path)).toBe(true);
  expect(local.has(path)).toBe(true);
  now = 30_001;
  expect(local.has(path)).toBe(false);
  expect(await local.ask("/proc/self/status")).toBe(false);
  expect(await local.ask("/nonexistent/folder/file")).toBe(false);
  expect(local.has("/proc/self/status")).toBe(false);
});
