import type { SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorDomain } from "@libvirt-ts/errors";
import { expect, test } from "vitest";
import { listMoments, snapshotListing } from "./list.ts";
import { type MomentDef, Moments } from "./moments.ts";

/** a - b - d, a - c, e; d is the current one. */
function wood(): Moments<MomentDef> {
  const moments = new Moments<MomentDef>(ErrorDomain.DOMAIN);
  for (const [name, parent] of [["a"], ["b", "a"], ["c", "a"], ["d", "b"], ["e"]] as const)
    moments.add({ name, parent });
  moments.current = moments.byName("d");
  return moments;
}

const names = (found: Iterable<{ readonly def: MomentDef }>) =>
  [...found].map(({ def }) => def.name).join(" ");
const find = (moments: Moments<MomentDef>, name: string) => {
  const found = moments.byName(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test("parents come before children, the last first", () => {
  const moments = wood();
  expect(names(moments)).toBe("a b c d e");
  expect(names(moments.descendants())).toBe("e a c b d");
  expect(names(moments.descendants(find(moments, "a")))).toBe("c b d");
});

test.each<[string, (moments: Moments<MomentDef>) => void, string, string | undefined]>([
  ["removed: its children go to its parent", (m) => m.remove(find(m, "b")), "e a d c", "d"],
  ["removed, a root: they are roots", (m) => m.remove(find(m, "a")), "c b d e", "d"],
  ["the current one removed: its parent is it", (m) => m.remove(find(m, "d")), "e a c b", "b"],
  ["the current one below: the one above is it", (m) => m.removeDescendants(find(m, "a")), "e a", "a"],
  ["all", (m) => m.clear(), "", undefined],
  ["other words, another parent", (m) => m.redefine({ name: "b", parent: "e" }), "e b d a c", "d"],
  ["a parent that is not there", (m) => m.add({ name: "f", parent: "z" }), "f e a c b d", "d"],
])("%s", (_, change, left, current) => {
  const moments = wood();
  change(moments);
  expect(names(moments.descendants())).toBe(left);
  expect(moments.current?.def.name).toBe(current);
});

test("children that moved say who their parent is", () => {
  const moments = wood();
  moments.remove(find(moments, "b"));
  expect(find(moments, "d").def.parent).toBe("a");
});

test.each([
  ["itself", { name: "a", parent: "a" }, "cannot set moment a as its own parent"],
  ["none", { name: "f", parent: "z" }, "parent z for moment f not found"],
  ["one that comes from it", { name: "a", parent: "d" }, "parent b would create cycle to a"],
])("a parent that is %s", (_, def, text) => {
  expect(() => wood().checkParent(def)).toThrow(text);
});

test("a name is taken once", () => {
  expect(() => wood().add({ name: "a" })).toThrow("domain moment a already exists");
});

test.each([
  ["all", 0, "a b c d"],
  ["roots", 0x1, "a"],
  ["leaves", 0x4, "c d"],
  ["no leaves", 0x8, "a b"],
  ["both at once", 0xc, ""],
  ["off", 0x20, "b"],
  ["on", 0x40, "a c"],
  ["disks only", 0x80, "d"],
  ["external", 0x200, "d"],
  ["either", 0x300, "a b c d"],
  ["without metadata", 0x10, ""],
])("snapshots: %s", (_, flags, expected) => {
  const snapshots = new Moments<SnapshotDef>(ErrorDomain.DOMAIN);
  const past = { creationTime: 1 };
  snapshots.add({ ...past, name: "a", state: "running", memory: { snapshot: "internal" } });
  snapshots.add({ ...past, name: "b", parent: "a", state: "shutoff" });
  snapshots.add({ ...past, name: "c", parent: "a", state: "paused" });
  snapshots.add({
    ...past,
    name: "d",
    parent: "b",
    state: "disk-snapshot",
    memory: { snapshot: "external" },
  });
  expect(names(listMoments(snapshots, snapshotListing, { flags }))).toBe(expected);
});
