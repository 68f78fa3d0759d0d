import { expect, test } from "vitest";
import {
  filterFor,
  formatFilters,
  formatOutputs,
  type LogFilter,
  parseFilters,
  parseOutputs,
} from "./filters.ts";

test.each([
  ["", "", []],
  [
    " 1:qemu  3:*rpc*",
    "1:*qemu* 3:*rpc*",
    [
      { priority: 1, match: "qemu" },
      { priority: 3, match: "rpc" },
    ],
  ],
  ["4:qemu.*on", "4:*qemu.*on*", [{ priority: 4, match: "qemu.*on" }]],
  ["3:*", "3:*", [{ priority: 3, match: "" }]],
] as [string, string, LogFilter[]][])("filters %j", (text, shown, filters) => {
  expect(parseFilters(text)).toEqual(filters);
  expect(formatFilters(filters)).toBe(shown);
  expect(parseFilters(shown)).toEqual(filters);
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

test.each([
  ["5:qemu", "Invalid priority '5' for filter '5:qemu'"],
  ["x:qemu", "Invalid priority 'x' for filter 'x:qemu'"],
  ["qemu", "Malformed format for filter 'qemu'"],
  ["1:", "Invalid match string ''"],
  ["1:+", "Invalid match string '+'"],
])("refuses filter %j", (text, why) => {
  expect(() => parseFilters(text)).toThrow(why);
});

test.each([
  ["0:stderr", "Invalid log priority '0' for log output '0:stderr'"],
  ["stderr", "Malformed format for log output 'stderr'"],
  ["1:pigeon", "Invalid log destination 'pigeon' for log output '1:pigeon'"],
  ...["1:file", "1:stderr:x", "1:syslog", "1:journald:x"].map((text) => [
    text,
    `Log output '${text}' does not meet the format requirements`,
  ]),
] as [string, string][])("refuses output %j", (text, why) => {
  expect(() => parseOutputs(text)).toThrow(why);
});

test("the path of a file begins at the root", () => {
  expect(parseOutputs("1:file:x/y.log")).toEqual([{ priority: 1, to: "file", path: "/x/y.log" }]);
});

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
