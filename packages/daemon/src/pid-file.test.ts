import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { takePidFile } from "./pid-file.ts";

const path = join(mkdtempSync(join(tmpdir(), "pid-")), "d.pid");

test("held until released, stale content replaced", () => {
  writeFileSync(path, "123456789\n");
  const held = takePidFile(path, native);
  expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
  expect(() => takePidFile(path, native)).toThrow(
    `Failed to acquire pid file '${path}': Resource temporarily unavailable`,
  );
  held.release();
  expect(existsSync(path)).toBe(false);
  takePidFile(path, native).release();
});

test("a directory that is missing", () => {
  expect(() => takePidFile("/nonexistent/d.pid", native)).toThrow("No such file or directory");
});
