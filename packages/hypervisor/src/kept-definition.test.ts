import { expect, test } from "vitest";
import { Domain } from "./domain.ts";
import { KeptDefinitions } from "./kept-definition.ts";

interface Def {
  name: string;
  uuid: string;
  tags: string[];
}

/** Definitions whose text is JSON; counts how often one is read. */
function keeper(models: number) {
  const count = { reads: 0 };
  const kept = new KeptDefinitions<Def>({
    models,
    read(text) {
      count.reads++;
      return JSON.parse(text) as Def; // written by `text` below
    },
  });
  return { kept, count };
}

const uuid = "11111111-1111-1111-1111-111111111111";
const def = (...tags: string[]): Def => ({ name: "vm", uuid, tags });
const text = (...tags: string[]): string => JSON.stringify(def(...tags));

test("a text says what it says, however often it is asked", () => {
  const { kept, count } = keeper(2 * text("a").length);
  const all = ["a", "b", "c"].map((tag) => kept.keep(text(tag)));
  for (const round of [1, 2]) {
    expect(all.map((each) => each.def.tags)).toEqual([["a"], ["b"], ["c"]]);
    expect(all.map((each) => JSON.stringify(each.def))).toEqual(all.map((each) => each.text));
    expect(count.reads).toBe(6 * round);
  }
  const [, b, c] = all;
  expect([b?.def, c?.def, b?.def].map((each) => each?.tags[0])).toEqual(["b", "c", "b"]);
  expect(count.reads).toBe(12);
});

test("what is handed out cannot be changed in place", () => {
  const { kept } = keeper(2);
  const one = kept.keep(text("a"));
  expect(() => one.def.tags.push("b")).toThrow(TypeError);
  expect(() => {
    one.def.name = "other";
  }).toThrow(TypeError);
  expect(structuredClone(one.def)).toEqual(def("a"));
  expect(JSON.stringify(one.def)).toBe(one.text);
});

function domain() {
  const { kept } = keeper(1);
  const vm = new Domain<Def, object>({
    def: def("first"),
    isPersistent: true,
    watcher: { changed() {}, lifecycle() {} },
  });
  const tags = () => [vm.def.tags[0], vm.nextDef?.tags[0], vm.config?.tags[0], vm.keptConfig?.text];
  return { vm, kept, tags };
}

test("through the life of a domain definition and text go together", () => {
  const { vm, kept, tags } = domain();
  expect(tags()).toEqual(["first", undefined, "first", undefined]);
  const before = vm.revision;
  vm.configure(kept.keep(text("second")));
  expect(vm.revision).toBeGreaterThan(before);
  expect(tags()).toEqual(["second", undefined, "second", text("second")]);
  vm.runAs(def("running"));
  vm.id = 1;
  expect(tags()).toEqual(["running", "second", "second", text("second")]);
  vm.configure(kept.keep(text("third")));
  expect(tags()).toEqual(["running", "third", "third", text("third")]);
  vm.settle();
  vm.id = -1;
  expect(tags()).toEqual(["third", undefined, "third", text("third")]);
  vm.def = def("pinned");
  expect(tags()).toEqual(["pinned", undefined, "pinned", undefined]);
});

test("a transient domain leaves nothing behind", () => {
  const { vm, tags } = domain();
  vm.isPersistent = false;
  vm.runAs(def("running"));
  expect(tags()).toEqual(["running", undefined, undefined, undefined]);
});

test("a rename changes the name with the text", () => {
  const { vm, kept } = domain();
  vm.configure(kept.keep(JSON.stringify({ ...def("x"), name: "other" })), "other");
  expect([vm.name, vm.def.name]).toEqual(["other", "other"]);
});
