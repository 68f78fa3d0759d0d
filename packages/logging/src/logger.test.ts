import { pino } from "pino";
import { expect, test } from "vitest";
import { type Priority, parseFilters } from "./filters.ts";
import { formatLine, type LogRecord } from "./line.ts";
import type { Logger } from "./logger.ts";
import { createLoggerFor } from "./logging.ts";

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

test("what cannot be written down does not stop anybody", () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  const { log, records } = collecting(1);
  log.info({ loop }, "round");
  expect(records.map((record) => formatLine(record, 1))[0]).toContain("round loop=[circular]");
});

test.each([
  ["text", ["text"], { message: "text", fields: {} }],
  ["error alone", [new Error("e")], { message: "e", fields: { err: new Error("e") } }],
  ["fields alone", [{ a: 1 }], { message: "", fields: { a: 1 } }],
] as [string, [object | string], object][])("%s", (_, args, expected) => {
  const { log, records } = collecting(1);
  (log.info as (...all: unknown[]) => void)(...args); // each of the forms
  expect(records).toMatchObject([expected]);
});

test("a pino logger may stand in", () => {
  const lines: string[] = [];
  const log: Logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
  log.child({ mod: "m" }).warn({ a: 1 }, "text");
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ level: 40, mod: "m", a: 1, msg: "text" }]);
});
