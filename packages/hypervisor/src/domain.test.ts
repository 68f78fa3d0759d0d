import { expect, test } from "vitest";
import { Domain } from "./domain.ts";

const def = { name: "vm", uuid: "11111111-1111-1111-1111-111111111111" };

function domain() {
  const seen: string[] = [];
  const watcher = {
    changed: () => {},
    lifecycle: (_: unknown, { event, detail }: { event: string; detail: string }) =>
      void seen.push(`${event}/${detail}`),
  };
  return { domain: new Domain({ def, isPersistent: true, watcher }), seen };
}

test("a move is checked, then told", () => {
  const { domain: vm, seen } = domain();
  vm.move({ name: "paused", reason: "starting up" }, null);
  vm.move({ name: "running", reason: "booted" });
  vm.announce({ event: "started", detail: "booted" });
  vm.move({ name: "shutdown", reason: "unknown" }, { event: "shutdown", detail: "guest" });
  vm.move({ name: "shutoff", reason: "shutdown" });
  expect(seen).toEqual(["resumed/unpaused", "started/booted", "shutdown/guest", "stopped/shutdown"]);
  expect(() => vm.move({ name: "crashed", reason: "panicked" })).toThrow("cannot go from shutoff to crashed");
});

test("the configuration while another definition runs", () => {
  const { domain: vm } = domain();
  expect(vm.config).toBe(def);
  vm.nextDef = { ...def };
  expect(vm.config).toBe(vm.nextDef);
  vm.isPersistent = false;
  expect(vm.config).toBeUndefined();
});

test("not running", () => {
  const { domain: vm } = domain();
  expect(() => vm.requireActive()).toThrow("Requested operation is not valid: domain is not running");
  vm.id = 3;
  vm.requireActive();
});
