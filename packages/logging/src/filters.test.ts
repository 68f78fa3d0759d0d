import { expect, test } from "vitest";
import { filterFor, formatFilters, formatOutputs, parseFilters, parseOutputs } from "./filters.ts";

test.each([
  ["", []],
  [
    "1:qemu 3:rpc",
    [
      { priority: 1, match: "qemu" },
      { priority: 3, match: "rpc" },
    ],
  ],
  ["4:qemu.*", [{ priority: 4, match: "qemu.*" }]],
])("filters %j", (text, filters) => {
  expect(parseFilters(text)).toEqual(filters);
  expect(formatFilters(parseFilters(text))).toBe(text);
});

test.each([
  ["", []],
  ["1:stderr", [{ priority: 1, to: "stderr" }]],
  [
    "2:file:/var/log/x.log 3:syslog:virtqemud 4:journald",
    [
      { priority: 2, to: "file", path: "/var/log/x.log" },
      { priority: 3, to: "syslog", name: "virtqemud" },
      { priority: 4, to: "journald" },
    ],
  ],
])("outputs %j", (text, outputs) => {
  expect(parseOutputs(text)).toEqual(outputs);
  expect(formatOutputs(parseOutputs(text))).toBe(text);
});

test.each(["5:qemu", "qemu", "1:", "x:qemu"])("refuses filter %j", (text) => {
  expect(() => parseFilters(text)).toThrow(`invalid log filter '${text}'`);
});

test.each(["0:stderr", "1:file", "1:file:relative", "1:pigeon", "1:stderr:x", "1:syslog"])(
  "refuses output %j",
  (text) => {
    expect(() => parseOutputs(text)).toThrow(`invalid log output '${text}'`);
  },
);

test.each([
  ["1:qemu", "qemu.monitor", 1],
  ["1:monitor", "qemu.monitor", 1],
  ["1:rpc", "qemu.monitor", 3],
  ["4:monitor 1:qemu", "qemu.monitor", 4],
  ["1:q*u.mon", "qemu.monitor", 1],
  ["1:q.mu", "qemu.monitor", 3],
])("%s for %s is %i", (text, mod, priority) => {
  expect(filterFor(parseFilters(text), 3)(mod)).toBe(priority);
});
