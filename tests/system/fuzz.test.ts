import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { figures, HealthyClient, isServed, recordedCalls, run } from "@libvirt-ts/fuzz";
import { World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** `npm run fuzz` goes on for hours; here are some seeds, always the same. */
const seeds = [1, 2, 3, 5, 8, 13];
const socket = () => world.socket("virtqemud");
let world: World;
let givenBefore = 0;

/** Descriptors of the daemon that clients may have given: all that is sent is /dev/null. */
function given(): number {
  const folder = `/proc/${world.daemon("virtqemud").pid}/fd`;
  const linkOf = (name: string) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return ""; // closed meanwhile
    }
  };
  return readdirSync(folder).filter((name) => linkOf(name) === "/dev/null").length;
}

beforeAll(async () => {
  world = await World.create({ daemons: ["virtlogd"] });
  writeFileSync(join(world.prefix, "etc/libvirt/virtqemud.conf"), "max_anonymous_clients = 1000\n");
  await world.start("virtqemud");
  await run({ socket: socket(), recorded: recordedCalls(), seed: 0, parallel: 8, sessions: 200 }); // everything is loaded
  givenBefore = given();
});
afterAll(() => world?.close());

test.each(seeds)("seed %i: the daemon lives, serves others in time, forgets", async (seed) => {
  const { pid } = world.daemon("virtqemud");
  const before = figures(pid);
  const healthy = await HealthyClient.start(socket());
  const sent = await run({ socket: socket(), recorded: recordedCalls(), seed, parallel: 8, sessions: 300 });
  const { longestMs } = await healthy.stop();
  expect(sent.packets).toBeGreaterThan(1_000);
  expect(longestMs).toBeLessThan(2_000);
  expect(await isServed(socket())).toBe(true);
  await waitFor("descriptors to be closed", () => figures(pid).descriptors <= before.descriptors);
  expect(figures(pid).rssMiB).toBeLessThan(400);
  expect(world.daemon("virtqemud").running).toBe(true);
});

test("nothing that clients gave is left", async () => {
  await waitFor("descriptors to be closed", () => given() <= givenBefore);
});

test("no call has failed in a way that nobody expected", async () => {
  const log = await world.daemonOutput("virtqemud");
  expect(log.split("\n").filter((line) => /unexpectedly|uncaught/.test(line))).toEqual([]);
});
