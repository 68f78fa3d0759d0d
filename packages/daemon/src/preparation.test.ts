import { closeSync, fstatSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managerKeys } from "@libvirt-ts/config";
import { expect, test } from "vitest";
import { isJournal, loadConfig, loggerOptions } from "./preparation.ts";

const directory = mkdtempSync(join(tmpdir(), "preparation-"));

test("a missing file is fine unless it was named by hand", () => {
  const missing = join(directory, "none.conf");
  expect(loadConfig(managerKeys, missing, true).values.max_clients).toBe(1024);
  expect(() => loadConfig(managerKeys, missing, false)).toThrow("Can't load config file: ENOENT");
});

test("a wrong type names file, line and column, and sets the exit code", () => {
  const file = join(directory, "bad.conf");
  writeFileSync(file, "# x\nmax_clients = 'many'\n");
  expect(() => loadConfig(managerKeys, file, true)).toThrow(`${file}:2:15: expected a number`);
  expect(() => loadConfig(managerKeys, file, true)).toThrow(expect.objectContaining({ exitCode: 7 }));
});

const base = {
  name: "d",
  values: loadConfig(managerKeys, "", true).values,
  env: {},
  verbose: false,
  inBackground: false,
  stderrIsJournal: false,
};

test.each([
  [{}, { level: 3, outputs: "1:stderr" }],
  [{ verbose: true }, { level: 2 }],
  [{ inBackground: true }, { outputs: "1:file:/l" }],
  [
    { values: { ...base.values, log_level: 1, log_outputs: "1:file:/x" }, verbose: true },
    { level: 1, outputs: "1:file:/x" },
  ],
  [
    { env: { LIBVIRT_DEBUG: "debug", LIBVIRT_LOG_FILTERS: "1:rpc", LIBVIRT_LOG_OUTPUTS: "2:stderr" } },
    { level: 1, filters: "1:rpc", outputs: "2:stderr" },
  ],
  [{ env: { LIBVIRT_DEBUG: "4" } }, { level: 4 }],
  [{ stderrIsJournal: true }, { outputs: "1:journald" }],
  [{ stderrIsJournal: true, inBackground: true }, { outputs: "1:file:/l" }],
])("%j", (change, expected) => {
  expect(loggerOptions({ ...base, file: "/l", ...change })).toMatchObject(expected);
});

test("the journal is known by device and inode, as the variable is inherited", () => {
  const fd = openSync("/dev/null", "r");
  const { dev, ino } = fstatSync(fd);
  expect(isJournal(`${dev}:${ino}`, fd)).toBe(true);
  expect(isJournal(`${dev}:${ino + 1}`, fd)).toBe(false);
  expect(isJournal(undefined, fd)).toBe(false);
  closeSync(fd);
});
