import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { heldPidFile, takePidFile } from "./pid-file.ts";

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

test("left to a successor: the lock goes with its last holder, the file stays", () => {
  const held = takePidFile(path, native);
  const successor = heldPidFile(path, native.dup(held.fd));
  held.leave();
  expect(() => takePidFile(path, native)).toThrow("Resource temporarily unavailable");
  native.close(successor.fd); // killed
  expect(existsSync(path)).toBe(true);
  takePidFile(path, native).release();
});

test("a directory that is missing", () => {
  expect(() => takePidFile("/nonexistent/d.pid", native)).toThrow("No such file or directory");
});
