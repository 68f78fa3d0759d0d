import { VirError } from "@libvirt-ts/errors";
import { parseXml, type Scalar, type Shape } from "@libvirt-ts/xml";
import { expect, test } from "vitest";
import { rootsOf, schemaNames } from "./schemas.ts";
import { findProblems } from "./validate.ts";

/** Milliseconds, with room for a busy machine. */
const PATIENCE_MS = 4000;

/** Values that patterns with choices inside repetitions choke on. */
const hostile = [
  "a",
  "0",
  "a0",
  "0-",
  "0,",
  "/",
  "/a",
  ":",
  "0:",
  "a.",
  "0.",
  "-",
  " ",
  "%20",
  "0x0",
  "ab-",
].flatMap((unit) => {
  const long = unit.repeat(Math.ceil(20_000 / unit.length));
  return [long, `${long}!`, `/${long}!`];
});

function scalarsOf(shape: Shape, found: Map<Scalar<unknown>, string>, seen: Set<Shape>): void {
  if (seen.has(shape)) return;
  seen.add(shape);
  for (const { name, scalar } of shape.attrs) found.set(scalar, `@${name}`);
  if (shape.text) found.set(shape.text.scalar, "text");
  for (const child of shape.children) {
    const inner = child.shape();
    if (inner) scalarsOf(inner, found, seen);
  }
  for (const { cases } of shape.variants) for (const own of cases.values()) scalarsOf(own, found, seen);
}

test.each(schemaNames)("no value of a %s takes long to judge", (schema) => {
  const scalars = new Map<Scalar<unknown>, string>();
  const seen = new Set<Shape>();
  for (const shapes of rootsOf(schema).values()) for (const shape of shapes) scalarsOf(shape, scalars, seen);
  const element = parseXml("<x/>");
  const slow: string[] = [];
  for (const [scalar, where] of scalars) {
    for (const text of hostile) {
      const from = performance.now();
      scalar.strict?.test(text);
      try {
        scalar.parse(text, element, "x");
      } catch (error) {
        if (!(error instanceof VirError)) throw error;
      }
      if (performance.now() - from > 500) slow.push(`${where} ${text.slice(0, 8)}`);
    }
  }
  expect(slow).toEqual([]);
});

test.each([
  ["attributes", `<domain ${Array.from({ length: 50_000 }, (_, i) => `a${i}='1'`).join(" ")}/>`],
  ["elements", `<domain>${"<x/>".repeat(200_000)}</domain>`],
  ["bad devices", `<domain><devices>${"<disk what='1'/>".repeat(50_000)}</devices></domain>`],
])("many unknown %s are told of in time, the first hundred", (_what, text) => {
  const from = performance.now();
  expect(findProblems(text, "domain")).toHaveLength(100);
  expect(performance.now() - from).toBeLessThan(PATIENCE_MS);
});
