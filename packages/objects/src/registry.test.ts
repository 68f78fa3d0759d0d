import { expect, test } from "vitest";
import { Registry } from "./registry.ts";

const a = { name: "a", uuid: "11111111-1111-1111-1111-111111111111" };
const b = { name: "b", uuid: "22222222-2222-2222-2222-222222222222" };

test("lookups, order and versions", () => {
  const registry = new Registry<typeof a>();
  registry.add(b);
  registry.add(a);
  expect([...registry]).toEqual([b, a]);
  expect(registry.byName("a")).toBe(a);
  expect(registry.byUuid(b.uuid)).toBe(b);
  const before = registry.version;
  registry.remove(b);
  expect(registry.version).toBeGreaterThan(before);
  expect(registry.byName("b")).toBeUndefined();
  expect(registry.byUuid(b.uuid)).toBeUndefined();
});

test("removing an object leaves its successor alone", () => {
  const registry = new Registry<typeof a>();
  registry.add(a);
  registry.remove({ ...a });
  expect(registry.byName("a")).toBe(a);
});
