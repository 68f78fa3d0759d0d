import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Priority, parseFilters } from "./filters.ts";
import { formatLine, type LogRecord } from "./line.ts";
import { createLogger, createLoggerFor } from "./logger.ts";

function collecting(level: Priority, filters = "", from: Priority = 1) {
  const records: LogRecord[] = [];
  const sink = {
    output: { priority: from, to: "stderr" },
    write: (r: LogRecord) => records.push(r),
    close() {},
  } as const;
  return {
    records,
    log: createLoggerFor({ name: "virttestd", level, filters: parseFilters(filters), sinks: [sink] }),
  };
}

test("a record carries module, bound and own fields", () => {
  const { log, records } = collecting(2);
  log.child({ mod: "qemu.monitor" }).child({ domain: "vm1" }).warn({ action: "stop" }, "guest disk error");
  log.error("plain");
  expect(records).toMatchObject([
    {
      priority: 3,
      mod: "qemu.monitor",
      message: "guest disk error",
      fields: { domain: "vm1", action: "stop" },
    },
    { priority: 4, mod: "virttestd", message: "plain", fields: {} },
  ]);
});

test.each([
  [3, "", ["warn"]],
  [1, "", ["debug", "info", "warn"]],
  [3, "1:qemu", ["debug", "info", "warn"]],
  [1, "4:qemu", []],
] as const)("level %i with filters %j", (level, filters, expected) => {
  const { log, records } = collecting(level, filters);
  const child = log.child({ mod: "qemu.process" });
  child.debug("debug");
  child.info("info");
  child.warn("warn");
  expect(records.map((r) => r.message)).toEqual(expected);
});

test("an output has a level of its own", () => {
  const { log, records } = collecting(1, "", 3);
  log.info("info");
  log.warn("warn");
  expect(records.map((r) => r.message)).toEqual(["warn"]);
});

test.each([
  [{}, ""],
  [{ domain: "vm1", bytes: 5n, none: undefined }, " domain=vm1 bytes=5"],
  [{ path: "a b", empty: "", list: [1, "x"] }, ' path="a b" empty="" list=[1,"x"]'],
])("fields %#", (fields, text) => {
  const record = { timeMs: 1795404382902, priority: 4, mod: "rpc", message: "broken", fields } as const;
  expect(formatLine(record, 7)).toBe(`2026-11-23 03:26:22.902+0000: 7: error : rpc : broken${text}\n`);
});

test("an error shows its text and stack, causes too", () => {
  const err = new Error("outer", { cause: new Error("inner") });
  const line = formatLine({ timeMs: 0, priority: 4, mod: "m", message: "failed", fields: { err } }, 1);
  expect(line).toMatch(/: failed err="outer"\n {4}at [\s\S]* caused by inner\n {4}at /);
});

test("file output; an output that cannot be opened is told on the others", () => {
  const file = join(mkdtempSync(join(tmpdir(), "logging-")), "x.log");
  const log = createLogger({
    name: "d",
    level: 2,
    outputs: `1:file:${file} 1:file:/nonexistent/y 3:journald`,
  });
  log.info({ n: 1 }, "hello");
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toContain("warning : d : log output left out");
  expect(lines[1]).toContain("journald");
  expect(lines[2]).toContain("info : d : hello n=1");
});
