import { expect, test } from "vitest";
import { generateMac, isMulticastMac, parseMac } from "./mac.ts";

test.each([
  ["52:54:00:AB:c:d", "52:54:00:ab:0c:0d"],
  ["52:54:00:ab:cd:001 x", "52:54:00:ab:cd:01"],
  [" 52:54:00:ab:cd:01", undefined],
  ["52:54:00:ab:cd", undefined],
  ["52:54:00:ab:cd:xx", undefined],
  ["52-54-00-ab-cd-ef", undefined],
])("%s", (text, mac) => {
  expect(parseMac(text)).toBe(mac);
});

test("generation and groups", () => {
  expect(generateMac("52:54:00", () => Uint8Array.of(0, 10, 255))).toBe("52:54:00:00:0a:ff");
  expect(isMulticastMac("01:00:5e:00:00:01")).toBe(true);
  expect(isMulticastMac("52:54:00:00:00:01")).toBe(false);
});
