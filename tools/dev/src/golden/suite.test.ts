import { parseXml } from "@libvirt-ts/xml";
import { describe, expect, test } from "vitest";
import type { Corpus, Row } from "./corpus.ts";
import { firstDifference, isWithin, judge, type Outcome } from "./suite.ts";

const corpus = { expected: (value: unknown) => String(value) } as Corpus; // all that judge asks of it
const row = (outcome: Row["outcome"], expected: Row["expected"]): Row => ({
  suite: "s",
  case: "c",
  outcome,
  ...(expected && { expected }),
});

test.each<[string, Row, Outcome, boolean]>([
  ["equal", row("ok", { xml: "a\n" }), { got: { xml: "a\n" } }, true],
  ["a missing line end is added", row("ok", { xml: "a\n" }), { got: { xml: "a" } }, true],
  ["nothing stays nothing", row("ok", { xml: "\n" }), { got: { xml: "" } }, false],
  ["different", row("ok", { xml: "a\n" }), { got: { xml: "b\n" } }, false],
  ["a result short", row("ok", { xml: "a\n", args: "x\n" }), { got: { xml: "a\n" } }, false],
  ["an error where none belongs", row("ok", {}), { error: "no" }, false],
  ["the error expected", row("parse-error", { err: "no\n", xml: "a\n" }), { error: "no" }, true],
  ["another error", row("parse-error", { err: "no\n" }), { error: "yes" }, false],
  ["any error", row("parse-error", undefined), { error: "no" }, true],
  ["no error", row("parse-error", undefined), { got: {} }, false],
  [
    "later failure after the right result",
    row("failure", { xml: "a\n", err: "no\n" }),
    { got: { xml: "a" }, error: "no" },
    true,
  ],
  [
    "later failure after a wrong result",
    row("failure", { xml: "a\n", err: "no\n" }),
    { got: { xml: "b" }, error: "no" },
    false,
  ],
])("%s", (_what, each, outcome, passed) => {
  expect(judge(each, outcome, corpus).passed).toBe(passed);
});

test("the first difference shows both lines", () => {
  expect(firstDifference("a\nb\n", "a\nc\n")).toBe("line 2:\n    got      b\n    expected c");
  expect(firstDifference("a\n", "a\n")).toBeUndefined();
});

describe("a width", () => {
  const width = { elements: ["d", "d/a", "d/b/**"], values: { "d/a@t": ["x"] } };
  test.each([
    ["<d><a t='x'/></d>", true],
    ["<d><a t='y'/></d>", false],
    ["<d><b><c><e/></c></b></d>", true],
    ["<d><a><c/></a></d>", false],
    ["<e/>", false],
  ])("%s", (text, within) => {
    expect(isWithin(parseXml(text), width)).toBe(within);
  });
});
