import { fileURLToPath } from "node:url";
import {
  bootDisk,
  bootDomain,
  type Census,
  census,
  expectNoLeak,
  peer,
  World,
  warmUp,
} from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const guests = Array.from({ length: 10 }, (_, n) => `guest${n}`);
const life = ["resumed/0", "started/0", "suspended/0", "resumed/0", "shutdown/2", "stopped/1"];
const wanted = ["defined/0", ...life, ...life, "undefined/0"];
/** virDomainEventType. */
const lifecycle = [
  "defined",
  "undefined",
  "started",
  "suspended",
  "resumed",
  "stopped",
  "shutdown",
  "pmsuspended",
  "crashed",
];

interface Report {
  events: Record<string, [domain: string, event: string][]>;
  kinds: number;
  others: string[];
  complaints: string[];
}

let world: World;
let before: Census;

beforeAll(async () => {
  world = await World.create();
  await warmUp(world);
  before = await census(world);
});
afterAll(() => world?.close());

test("ten guests from four connections: one view, ordered events", async () => {
  const files = guests.map((name) =>
    world.file(`${name}.xml`, bootDomain({ name, disk: world.file(`${name}.img`, bootDisk()) })),
  );
  const script = fileURLToPath(new URL("events.py", import.meta.url));
  const text = await world.output(["/usr/bin/python3", script, world.uri, ...files], { timeoutMs: 110_000 });
  const report: Report = JSON.parse(text);
  expect(report.complaints).toEqual([]);
  expect(report.kinds).toBeGreaterThanOrEqual(26);
  for (const events of Object.values(report.events))
    for (const guest of guests)
      expect({
        guest,
        events: events.filter(([name]) => name === guest).map(([, event]) => named(event)),
      }).toEqual({
        guest,
        events: wanted,
      });
  expect(report.events.any).toEqual(report.events.register);
});

test.skipIf(peer)("and left nothing behind", async () => {
  for (const guest of guests) before.files.push(`images/${guest}.img`, `images/${guest}.xml`);
  before.files.sort();
  await expectNoLeak(world, before);
});

function named(event: string): string {
  const [kind = "", detail] = event.split("/");
  return `${lifecycle[Number(kind)]}/${detail}`;
}
