import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { bootDisk, bootDomain, network, type Running, World, waitFor, within } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, words } from "./table.ts";

let world: World;
let disk: string;
const leave = "\x1d"; // Ctrl-]

beforeAll(async () => {
  world = await World.create();
  disk = world.file("disk.img", bootDisk({ banner: "up", ticks: 2 }));
});
afterAll(() => world?.close());

const define = (name: string) =>
  world.define(bootDomain({ name, disk: world.file(`${name}.img`, readFileSync(disk)) }));
const state = (name: string, wanted: string) =>
  waitFor(`${name}: ${wanted}`, async () => (await world.virsh("domstate", name, "--reason")) === wanted);
const tick = /tick [0-9A-F]{4}/;

/** Types it until it comes back: a guest that still boots hears nothing. */
async function echoes(console: Running, text: string): Promise<void> {
  await waitFor(`the echo of ${text}`, () => {
    console.write(text);
    return console.stdout.includes(text);
  });
}

test("console: both directions, Ctrl-] leaves, one at a time unless forced", async () => {
  await define("talker");
  await world.virsh("start", "talker");
  const first = world.terminal("console", "talker");
  await first.saw(tick);
  await echoes(first, "hello");
  const refused = world.terminal("console", "talker");
  expect((await refused.ended).stdout).toContain(
    "operation failed: Active console session exists for this domain",
  );
  const forced = world.terminal("console", "talker", "--force");
  await forced.saw(tick);
  await within("the end of the first", first.ended);
  forced.write(leave);
  expect((await forced.ended).code).toBe(0);
  const again = world.terminal("console", "talker");
  await again.saw(tick);
  const named = world.terminal("console", "talker", "--devname", "nosuch");
  expect((await named.ended).stdout).toContain("cannot find character device nosuch");
  await world.virsh("destroy", "talker");
  await within("the end of the console", again.ended);
});

test("start --console shows the guest from its first line", async () => {
  await define("shown");
  const console = world.terminal("start", "shown", "--console");
  await console.saw(/up\r\n/);
  console.write(leave);
  expect((await console.ended).code).toBe(0);
  await world.virsh("destroy", "shown");
});

test("shutdown and reboot: the guest is asked", async () => {
  await define("obedient");
  await world.virsh("start", "obedient");
  const console = world.terminal("console", "obedient");
  await console.saw(tick);
  const beforeReset = console.stdout.length;
  await world.virsh("reset", "obedient");
  await console.saw(/up\r\n[\s\S]*tick/, beforeReset);
  await world.virsh("shutdown", "obedient", "--mode", "acpi");
  await state("obedient", "shut off (shutdown)");
  expect((await console.ended).code).toBe(0);
  await world.virsh("start", "obedient");
  const second = world.terminal("console", "obedient");
  await second.saw(tick);
  const process = () => world.processes().find(({ command }) => command.includes("guest=obedient"))?.pid;
  const before = process();
  const beforeReboot = second.stdout.length;
  await world.virsh("reboot", "obedient"); // the guest goes off, libvirt starts it again in the same QEMU
  await second.saw(/up\r\n/, beforeReboot);
  expect(process()).toBe(before);
  expect(await world.virsh("domstate", "obedient")).toBe("running");
  await world.virsh("destroy", "obedient");
});

const destroyed = ["Shutdown Finished after host request", "Stopped Destroyed"];
const domainEvents: readonly (readonly [call: string, lines: readonly string[]])[] = [
  ["define @watched.xml", ["Defined Added"]],
  ["start watched", ["Resumed Unpaused", "Started Booted"]],
  ["suspend watched", ["Suspended Paused"]],
  ["resume watched", ["Resumed Unpaused"]],
  ["define @watched.xml", ["Defined Updated"]],
  ["destroy watched", destroyed],
  ["start watched --paused", ["Started Booted", "Suspended Paused"]],
  ["resume watched", ["Resumed Unpaused"]],
  ["destroy watched", destroyed],
  ["undefine watched", ["Undefined Removed"]],
  ["create @watched.xml", ["Resumed Unpaused", "Started Booted"]],
  ["destroy watched", destroyed],
];

test("event --all --loop: what happened, in libvirt's order", async () => {
  world.file("watched.xml", bootDomain({ name: "watched", disk, uuid: randomUUID() }));
  const events = world.terminal("event", "--all", "--loop");
  await heard(events, async () => {
    await world.virsh("define", `${world.prefix}/images/watched.xml`);
    await world.virsh("undefine", "watched");
    return /Undefined Removed/;
  });
  const from = lifecycle(events.stdout).length;
  for (const [call] of domainEvents) await world.virsh(...words(call, `${world.prefix}/images/`));
  const wanted = domainEvents.flatMap(([, lines]) => lines);
  await waitFor("the events", () => lifecycle(events.stdout).length - from >= wanted.length).catch(() => {});
  expect(lifecycle(events.stdout).slice(from)).toEqual(wanted);
  await events.stop("SIGINT");
});

test("event: a guest that goes off by itself", async () => {
  await define("leaver");
  const events = world.terminal("event", "--domain", "leaver", "--event", "lifecycle", "--loop");
  await world.virsh("start", "leaver");
  const console = world.terminal("console", "leaver");
  await console.saw(tick);
  await waitFor("its end", async () => {
    console.write("Q");
    return (await world.virsh("domstate", "leaver")) === "shut off";
  });
  await events.saw(/Stopped Shutdown/);
  expect(lifecycle(events.stdout).slice(-2)).toEqual([
    "Shutdown Finished after guest request",
    "Stopped Shutdown",
  ]);
  await events.stop("SIGINT");
});

test("net-event: what happened to networks", async () => {
  world.file("seen.xml", network({ name: "seen", subnet: 90 }));
  const events = world.terminal("net-event", "--event", "lifecycle", "--loop");
  await heard(events, async () => {
    await world.virsh("net-define", `${world.prefix}/images/seen.xml`);
    await world.virsh("net-undefine", "seen");
    return /Undefined/;
  });
  const from = lifecycle(events.stdout).length;
  for (const call of ["net-define @seen.xml", "net-start seen", "net-destroy seen", "net-undefine seen"])
    await world.virsh(...words(call, `${world.prefix}/images/`));
  const wanted = ["Defined", "Started", "Stopped", "Undefined"];
  await waitFor("the events", () => lifecycle(events.stdout).length - from >= wanted.length).catch(() => {});
  expect(lifecycle(events.stdout).slice(from)).toEqual(wanted);
  await events.stop("SIGINT");
});

test("edit defines what the editor left", async () => {
  await define("edited");
  const edit = (expression: string) =>
    world.run(world.virshCommand(["edit", "edited"]), { env: { EDITOR: `sed -i ${expression}` } });
  expect(await edit("s/32768/49152/")).toMatchObject({ code: 0 });
  await check(world, ["dumpxml edited --xpath //memory", '<memory unit="KiB">49152</memory>']);
  expect(await edit("s/nothing/here/")).toMatchObject({ code: 0 });
  await world.virsh("undefine", "edited");
});

test("screenshot: a picture of the screen", async () => {
  const graphics = "<graphics type='vnc' port='-1'/>";
  await world.define(bootDomain({ name: "pictured", disk, devices: graphics }), "create");
  const file = `${world.prefix}/images/picture.ppm`;
  await world.virsh("screenshot", "pictured", file);
  const magic = readFileSync(file).subarray(0, 4).toString("latin1");
  expect(magic).toMatch(/^(P6\n|\x89PNG)/);
  await world.virsh("destroy", "pictured");
});

/** The texts of the lifecycle lines. */
function lifecycle(output: string): string[] {
  return [...output.matchAll(/event 'lifecycle' for (?:domain|network) '?[^':]*'?: (.*?)\r?$/gm)].map(
    ([, text]) => (text ?? "").trim(),
  );
}

/** Repeats something until the listener hears of it: only then it is known to listen. */
async function heard(listener: Running, act: () => Promise<RegExp>): Promise<void> {
  await waitFor("the first event", async () => {
    const pattern = await act();
    return pattern.test(listener.stdout);
  });
  await waitFor("silence", async () => {
    const before = listener.stdout;
    await world.virsh("version");
    return listener.stdout === before;
  });
}
