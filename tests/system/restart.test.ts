import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  bootDisk,
  bootDomain,
  type Census,
  census,
  type DaemonName,
  expectNoLeak,
  linuxDomain,
  linuxGuest,
  network,
  nic,
  patienceMs,
  peer,
  World,
  waitFor,
  warmUp,
} from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const loops = 20;
const longestLifeMs = 250;
const seed = Number(process.env.RESTART_SEED ?? 20);
const random = generator(seed);
const guests = ["linux", "sector"] as const;

let world: World;
let before: Census;
const logOf = (name: string) => `${world.prefix}/images/${name}.log`;
const pidOf = (name: string) =>
  world.processes().find(({ command }) => command.includes(`guest=${name},`))?.pid;

/** Two guests on a network that leads to the world outside; both print, one counts answers from there. */
beforeAll(async () => {
  world = await World.create();
  await warmUp(world);
  before = await census(world);
  const outside = await world.neighbour({ here: "uplink", there: "eth0" });
  await world.output(["ip", "address", "add", "203.0.113.1/24", "dev", "uplink"]);
  await world.output(["ip", "link", "set", "uplink", "up"]);
  await outside.run(["ip", "address", "add", "203.0.113.2/24", "dev", "eth0"]);
  await outside.run(["ip", "link", "set", "eth0", "up"]);
  await world.define(network({ name: "lan", subnet: 96, forward: "nat" }), "net-define");
  await world.virsh("net-start", "lan");
  const card = (last: string) => nic({ network: "lan", mac: `52:54:00:00:00:${last}` });
  const guest = linuxGuest();
  await world.define(linuxDomain({ name: "linux", guest, log: logOf("linux"), devices: card("21") }));
  const disk = world.file("sector.img", bootDisk({ ticks: 2 }));
  await world.define(bootDomain({ name: "sector", disk, log: logOf("sector"), devices: card("22") }));
  await world.define(
    bootDomain({ name: "third", disk: world.file("third.img", bootDisk()), devices: card("23") }),
  );
  for (const name of guests) await world.virsh("start", name);
  await waitFor(
    "the guest",
    () => readFileSync(logOf("linux"), "utf8").includes("guest ready"),
    2 * patienceMs,
  );
  const watching = world.terminal("console", "linux");
  await waitFor("a prompt", () => {
    watching.write("\r");
    return /# (\x1b\[6n)?$/.test(watching.stdout);
  });
  watching.write("ping 203.0.113.2\r");
  await watching.saw(/seq=2/);
  await watching.stop();
});
afterAll(() => world?.close());

/** Numbers that a guest printed, in order. */
const counted = {
  linux: () => numbers("linux", / seq=(\d+) /g, 10),
  sector: () => numbers("sector", /tick ([0-9A-F]{4})\r/g, 16),
};

function numbers(name: string, pattern: RegExp, base: number): number[] {
  return [...readFileSync(logOf(name), "utf8").matchAll(pattern)].map(([, digits]) =>
    Number.parseInt(digits ?? "", base),
  );
}

/** What may be going on when a daemon is killed. None of these need succeed. */
const actions: readonly (() => Promise<unknown>)[] = [
  () => world.tryVirsh("list", "--all"),
  () => world.tryVirsh("dumpxml", "sector"),
  () => world.tryVirsh("start", "third"),
  () => world.tryVirsh("destroy", "third"),
  () => world.tryVirsh("net-dhcp-leases", "lan"),
  () => world.tryVirsh("autostart", "third"),
  () => world.tryVirsh("event", "--all", "--timeout", "1"),
];

const victims: readonly (readonly DaemonName[])[] = [
  ["virtqemud"],
  ["virtnetworkd"],
  ["virtqemud", "virtnetworkd"],
];

test(`${loops} times killed at a random moment, guests and networks go on (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const pids = guests.map(pidOf);
  const listed = await world.virsh("list");
  for (let loop = 0; loop < loops; loop++) {
    const names = pick(victims);
    const action = pick(actions)();
    await delay(random() * longestLifeMs);
    for (const name of names) await world.daemon(name).stop("SIGKILL");
    if (loop % 3 === 2) {
      for (const name of names) world.launch(name); // and again while it comes up
      await delay(random() * longestLifeMs);
      for (const name of names) await world.daemon(name).stop("SIGKILL");
    }
    const sofar = guests.map((name) => counted[name]().at(-1) ?? 0);
    await action;
    await Promise.all([...names].reverse().map((name) => world.start(name)));
    const context = `loop ${loop}, ${names}`;
    expect(
      (await world.virsh("list")).split("\n").filter((line) => !line.includes("third")),
      context,
    ).toEqual(listed.split("\n"));
    expect(guests.map(pidOf), context).toEqual(pids);
    const third = await world.virsh("domstate", "third");
    expect(pidOf("third") !== undefined, `${context}: third is ${third}`).toBe(third === "running");
    expect(await world.virsh("net-list", "--name"), context).toBe("lan");
    for (const [index, name] of guests.entries())
      await waitFor(
        `${context}: ${name} to go on`,
        () => (counted[name]().at(-1) ?? 0) > (sofar[index] ?? 0),
      );
  }
  for (const name of guests) expect(steps(counted[name]())).toHaveLength(1); // not a line is missing
});

test("afterwards everything works: events, a new guest, the end of all", async () => {
  if ((await world.virsh("domstate", "third")) === "running") await world.virsh("destroy", "third");
  const events = world.terminal("event", "--event", "lifecycle", "--loop");
  await waitFor("an event", async () => {
    await world.virsh("suspend", "sector");
    await world.virsh("resume", "sector");
    return events.stdout.includes("'sector': Resumed Unpaused");
  });
  await world.virsh("start", "third");
  await events.saw(/'third': Started Booted/);
  for (const name of [...guests, "third"]) {
    await world.virsh("destroy", name);
    await events.saw(new RegExp(`'${name}': Stopped Destroyed`));
    await world.virsh("undefine", name);
  }
  await events.stop("SIGINT");
  await world.virsh("net-destroy", "lan");
  await world.virsh("net-undefine", "lan");
  expect(await world.virsh("list", "--all")).toBe("");
});

test.skipIf(peer)("and nothing is left behind", async () => {
  await world.output(["ip", "link", "delete", "uplink"]);
  const [{ files: filesBefore, ...others }, { files }] = [before, await census(world)];
  const strange = files.filter((name) => !filesBefore.includes(name) && !name.startsWith("images/"));
  expect(strange).toEqual([]);
  await expectNoLeak(world, { ...others, files }, { restarted: ["virtnetworkd", "virtqemud"] });
});

/** Differences of successive numbers, each kind once. */
function steps(values: number[]): number[] {
  return [...new Set(values.slice(1).map((value, index) => value - (values[index] ?? 0)))];
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
