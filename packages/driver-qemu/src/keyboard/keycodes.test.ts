import { expect, test } from "vitest";
import { codesetNames, toQnum } from "./keycodes.ts";

/** The A key, Enter and the right Control key in each codeset. */
test.each([
  ["linux", 30, 28, 97],
  ["xt", 30, 28, 0xe01d],
  ["atset1", 30, 28, 0xe01d],
  ["atset2", 0x1c, 0x5a, 0xe014],
  ["atset3", 0x1c, 0x5a, 0x58],
  ["os_x", 0, 0x24, 0x3e],
  ["usb", 4, 40, 228],
  ["win32", 0x41, 0x0d, 0xa3],
  ["qnum", 30, 28, 157],
] as const)("%s", (codeset, a, enter, control) => {
  expect([a, enter, control].map((code) => toQnum(codeset, code))).toEqual([30, 28, 157]);
});

test("keys nobody has", () => {
  for (const codeset of codesetNames.filter((name) => name !== "qnum"))
    expect(toQnum(codeset, 0xffff)).toBeUndefined();
});
