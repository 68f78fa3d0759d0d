import { expect, test } from "vitest";
import { parseWhen } from "./when.ts";

const now = new Date(2026, 10, 23, 12, 0, 0);

test.each([
  ["now", new Date(now)],
  ["-10m", new Date(2026, 10, 23, 11, 50)],
  ["2h ago", new Date(2026, 10, 23, 10, 0)],
  ["-1d", new Date(2026, 10, 22, 12, 0)],
  ["09:30", new Date(2026, 10, 23, 9, 30)],
  ["09:30:15", new Date(2026, 10, 23, 9, 30, 15)],
  ["2026-11-01", new Date(2026, 10, 1)],
  ["2026-11-01 10:20", new Date(2026, 10, 1, 10, 20)],
  ["2026-11-01T10:20:00Z", new Date(Date.UTC(2026, 10, 1, 10, 20))],
  ["@86400", new Date(86_400_000)],
])("%s", (text, date) => {
  expect(parseWhen(text, now)).toBe(BigInt(date.getTime()));
});

test.each(["", "soon", "-5y", "25 o'clock"])("'%s' is no time", (text) => {
  expect(() => parseWhen(text, now)).toThrow(`cannot understand the time '${text}'`);
});
