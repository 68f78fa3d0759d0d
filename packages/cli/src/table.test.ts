import { expect, test } from "vitest";
import { jsonKey } from "./output.ts";
import { formatTable, widthOf } from "./table.ts";

test("columns are as wide as their widest cell on the screen", () => {
  expect(
    formatTable(
      ["Id", "Name"],
      [
        ["1", "日本"],
        ["10", "a\nb"],
      ],
    ),
  ).toBe(" Id   Name\n--------------\n 1    日本\n 10   a\\x0ab\n");
  expect(formatTable(["Id", "Name"], [["1", "x"]], false)).toBe(" 1   x\n");
});

test.each([
  ["abc", 3],
  ["日本", 4],
  ["é", 1],
  ["e\u0301", 1],
])("width of %s", (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ["Max memory:", "maxMemory"],
  ["CPU(s):", "cpus"],
  ["UUID", "uuid"],
  ["Id", "id"],
  ["MAC Address", "macAddress"],
])("key of %s", (title, key) => {
  expect(jsonKey(title)).toBe(key);
});
