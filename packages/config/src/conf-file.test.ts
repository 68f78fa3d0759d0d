import { expect, test } from "vitest";
import { parseConf } from "./conf-file.ts";

test.each([
  ["", []],
  ["# only a comment\n\n", []],
  ["a = 1", [["a", 1n]]],
  [
    "a=-7\r\nb = +3 # tail\n",
    [
      ["a", -7n],
      ["b", 3n],
    ],
  ],
  [
    's = \'it"s\' \n t="a#b"',
    [
      ["s", 'it"s'],
      ["t", "a#b"],
    ],
  ],
  ['m = """one\ntwo"""\n', [["m", "one\ntwo"]]],
  ["e = []", [["e", []]]],
  [
    'l = [ "a", # first\n 2,\n ["x"], ]\nz = 1',
    [
      ["l", ["a", 2n, ["x"]]],
      ["z", 1n],
    ],
  ],
  ["big = 1099511627776", [["big", 1_099_511_627_776n]]],
])("reads %j", (text, expected) => {
  expect(parseConf(text, "f").map(({ key, value }) => [key, value])).toEqual(expected);
});

test.each([
  ["a", "f:1:2: expecting an assignment"],
  ["a = ", "f:1:5: expecting a value"],
  ["a = yes", "f:1:5: expecting a value"],
  ["ok = 1\n  b = 'x", "f:2:7: unterminated string"],
  ['b = "x\ny"', "f:1:5: unterminated string"],
  ["a = 1 2", "f:1:7: expecting a separator"],
  ["= 1", "f:1:1: expecting a name"],
  ["a = [1 2]", "f:1:8: expecting a separator in list"],
  ["a = [1,\n 2", "f:2:3: list is not closed with ]"],
  [`a = ${"[".repeat(40)}`, "f:1:21: lists are nested too deeply"],
])("refuses %j", (text, message) => {
  expect(() => parseConf(text, "f")).toThrow(message);
});

test("positions", () => {
  expect(parseConf("\n  key =  5", "f")).toEqual([
    { key: "key", value: 5n, line: 2, column: 3, valueColumn: 10 },
  ]);
});
