import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { native } from "./index.ts";
import { openFds } from "./testing.ts";

const { EISDIR, ENAMETOOLONG, ENOENT } = constants.errno;
const dir = mkdtempSync(join(tmpdir(), "native-"));
const file = join(dir, "file");
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ["a new file", "first\n", true],
  ["another content, not synced", "ä second", false],
  ["a shorter one", "", true],
  ["a long one", "x".repeat(3_000_000), false],
])("replaceFile: %s", async (_name, text, sync) => {
  const before = openFds();
  expect(await native.replaceFile(file, text, 0o600, sync)).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(["file"]);
  expect(openFds()).toBe(before);
});

test("many at once", async () => {
  const names = Array.from({ length: 50 }, (_, n) => join(dir, `many${n}`));
  expect(await Promise.all(names.map((name) => native.replaceFile(name, name, 0o644)))).toEqual(
    names.map(() => 0),
  );
  expect(names.map((name) => readFileSync(name, "utf8"))).toEqual(names);
  for (const name of names) rmSync(name);
});

test("a failure leaves what was there", async () => {
  await native.replaceFile(file, "kept", 0o600);
  mkdirSync(join(dir, "folder"));
  mkdirSync(join(dir, "file.new"));
  chmodSync(file, 0o640);
  expect(await native.replaceFile(file, "lost", 0o600)).toBe(-EISDIR);
  rmSync(join(dir, "file.new"), { recursive: true });
  expect(await native.replaceFile(join(dir, "folder"), "lost", 0o600)).toBe(-EISDIR);
  expect(await native.replaceFile(join(dir, "missing/file"), "lost", 0o600)).toBe(-ENOENT);
  expect(await native.replaceFile(join(dir, "x".repeat(300)), "lost", 0o600)).toBe(-ENAMETOOLONG);
  expect(readFileSync(file, "utf8")).toBe("kept");
  expect(readdirSync(dir).sort()).toEqual(["file", "folder"]);
  expect(() => native.replaceFile(file, 7 as unknown as string, 0o600)).toThrow(TypeError);
});

test("removeFiles", async () => {
  const before = readdirSync(dir);
  const names = ["a", "b", "c"].map((name) => join(dir, name));
  for (const name of names) await native.replaceFile(name, "", 0o600);
  expect(await native.removeFiles([])).toBe(0);
  expect(await native.removeFiles([names[0] ?? "", join(dir, "missing"), names[1] ?? ""])).toBe(0);
  expect(await native.removeFiles([dir, names[2] ?? ""])).toBe(-EISDIR);
  expect(readdirSync(dir)).toEqual(before);
  expect(() => native.removeFiles("x" as unknown as string[])).toThrow(TypeError);
  expect(() => native.removeFiles(["x", 7 as unknown as string])).toThrow(TypeError);
});
