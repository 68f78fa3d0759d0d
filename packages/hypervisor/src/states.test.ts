import { expect, test } from "vitest";
import { eventOf, lifecycleNumbers } from "./lifecycle.ts";
import { mayFollow, parseState, type State, stateNumbers } from "./states.ts";

test.each<[State, [number, number], string]>([
  [{ name: "running", reason: "booted" }, [1, 1], "resumed/unpaused"],
  [{ name: "running", reason: "wakeup" }, [1, 8], "started/wakeup"],
  [{ name: "paused", reason: "user" }, [3, 1], "suspended/paused"],
  [{ name: "paused", reason: "ioerror" }, [3, 5], "suspended/ioerror"],
  [{ name: "shutoff", reason: "destroyed" }, [5, 2], "stopped/destroyed"],
  [{ name: "shutoff", reason: "crashed" }, [5, 3], "stopped/crashed"],
  [{ name: "shutdown", reason: "user" }, [4, 1], "shutdown/finished"],
  [{ name: "pmsuspended", reason: "unknown" }, [7, 0], "pmsuspended/memory"],
])("%o", (state, numbers, event) => {
  expect(Object.values(stateNumbers(state))).toEqual(numbers);
  const of = eventOf(state);
  expect(`${of?.event}/${of?.detail}`).toBe(event);
  expect(parseState(state.name, state.reason)).toEqual(state);
});

test.each([
  ["shutoff", "running", true],
  ["shutoff", "shutdown", false],
  ["running", "shutoff", true],
  ["crashed", "shutdown", false],
] as const)("%s -> %s: %s", (from, to, allowed) => expect(mayFollow(from, to)).toBe(allowed));

test("names of other versions", () => {
  expect(parseState("running", "of the future")).toEqual({ name: "running", reason: "unknown" });
  expect(parseState("dreaming", "")).toBeUndefined();
});

test("numbers of a lifecycle event", () => {
  expect(lifecycleNumbers({ event: "stopped", detail: "failed" })).toEqual({ event: 5, detail: 5 });
});
