import { expect, test } from "vitest";
import { Keepalive } from "./keepalive.ts";
import { ManualClock } from "./manual-clock.ts";

function track(o: { grainMs?: number; reading?: () => boolean } = {}) {
  const clock = new ManualClock();
  const happened: string[] = [];
  const keepalive = new Keepalive(clock, o.grainMs ?? 1);
  const handle = keepalive.track(
    {
      ping: () => happened.push(`ping ${clock.now()}`),
      dead: () => happened.push(`dead ${clock.now()}`),
      isReading: o.reading ?? (() => true),
    },
    { interval: 5, count: 5 },
  );
  return { clock, happened, keepalive, handle };
}

test("silence: five pings, the end after another interval, no timer left", () => {
  const { clock, happened } = track();
  clock.advance(60_000);
  expect(happened).toEqual([
    "ping 5000",
    "ping 10000",
    "ping 15000",
    "ping 20000",
    "ping 25000",
    "dead 30000",
  ]);
  expect(clock.pending).toBe(0);
});

test("anything heard starts over", () => {
  const { clock, happened, handle } = track();
  clock.advance(12_000);
  handle.heard();
  clock.advance(20_000);
  expect(happened).toEqual(["ping 5000", "ping 10000", "ping 17000"]);
});

test("silence does not count while we do not read", () => {
  let reading = false;
  const { clock, happened } = track({ reading: () => reading });
  clock.advance(60_000);
  expect(happened).toEqual([]);
  reading = true;
  clock.advance(70_000);
  expect(happened[0]).toBe("ping 65000");
});

test("many peers share a wake-up, stopping the last one leaves no timer", () => {
  const { clock, keepalive, handle } = track({ grainMs: 1000 });
  const idle = { ping() {}, dead() {}, isReading: () => true };
  const others = [];
  for (let i = 1; i < 100; i++) {
    clock.advance(i * 10);
    others.push(keepalive.track(idle, { interval: 5, count: 5 }));
  }
  clock.advance(10_500);
  expect(clock.fired).toBeLessThan(8);
  for (const other of [handle, ...others]) other.stop();
  expect(clock.pending).toBe(0);
});
