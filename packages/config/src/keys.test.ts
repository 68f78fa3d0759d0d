import { expect, test } from "vitest";
import { flag, int, list, optionalFlag, optionalStr, readConfig, str } from "./keys.ts";
import { driverDaemonKeys, managerKeys } from "./tables.ts";

const keys = {
  size: int(10, { min: 0, max: 100, doc: "" }),
  on: flag(true, { doc: "" }),
  maybe: optionalFlag({ doc: "" }),
  name: optionalStr({ doc: "" }),
  mode: str("a", { oneOf: ["a", "b"], doc: "" }),
  hosts: list([], { doc: "" }),
};
const defaults = { size: 10, on: true, maybe: undefined, name: undefined, mode: "a", hosts: [] };

test.each([
  ["", {}],
  ["size = 0\non = 0\nmaybe = 1", { size: 0, on: false, maybe: true }],
  ["name = 'x'\nmode = \"b\"", { name: "x", mode: "b" }],
  ["hosts = ['a', 'b']", { hosts: ["a", "b"] }],
  ["hosts = 'a'", { hosts: ["a"] }],
  ["size = 1\nsize = 2", { size: 1 }],
])("values of %j", (text, values) => {
  expect(readConfig(keys, text, "f")).toEqual({ values: { ...defaults, ...values }, unknown: [] });
});

test.each([
  ["size = 'x'", "f:1:8: expected a number for 'size' parameter"],
  ["size = 101", "f:1:8: expected a number in range 0:100 for 'size' parameter"],
  ["\non = 2", "f:2:6: expected 0 or 1 for 'on' parameter"],
  ["name = 3", "f:1:8: expected a string for 'name' parameter"],
  ["mode = 'c'", "f:1:8: expected one of a, b for 'mode' parameter"],
  ["hosts = [1]", "f:1:9: expected a string list for 'hosts' parameter"],
])("refuses %j", (text, message) => {
  expect(() => readConfig(keys, text, "f")).toThrow(message);
});

test("unknown keys are told once each, inherited names are no keys", () => {
  expect(readConfig(keys, "x = 1\ny = 2\nx = 3\ntoString = 1", "f").unknown).toEqual([
    { key: "x", line: 1 },
    { key: "y", line: 2 },
    { key: "toString", line: 4 },
  ]);
});

test.each([
  ["driver daemons", driverDaemonKeys, { max_clients: 5000, max_client_requests: 5, keepalive_interval: 5 }],
  ["lock and log daemon", managerKeys, { max_clients: 1024, admin_max_clients: 5000, log_level: 3 }],
])("defaults of %s", (_, table, some) => {
  expect(readConfig(table, "", "f").values).toMatchObject(some);
});
