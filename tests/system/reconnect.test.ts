import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bootDisk, bootDomain, idleDomain, network, nic, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DomainEvents } from "./support/domain-events.ts";

let world: World;

beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  await world.virsh("domcapabilities"); // so that no test pays for looking at QEMU
  await world.define(network({ name: "inside", subnet: 71, forward: "nat" }), "net-define");
  await world.virsh("net-start", "inside");
});
afterAll(() => world.close());

const rounds = 20;
const guests = ["one", "two"];
const consoleLog = (name: string) => join(world.prefix, `var/log/${name}-console.log`);
const ticks = (name: string) => [...readFileSync(consoleLog(name), "latin1").matchAll(/^tick /gm)].length;
const pidFile = (name: string) => join(world.prefix, `run/libvirt/qemu/${name}.pid`);
const pid = (name: string) => Number(readFileSync(pidFile(name), "utf8"));
const state = (name: string) => world.virsh("domstate", "--reason", name);

/** Guests that print all the time, on a network of their own. */
async function startGuests(): Promise<void> {
  for (const [index, name] of guests.entries()) {
    const disk = world.file(`${name}.img`, bootDisk({ banner: name, ticks: 2 }));
    const devices = nic({ network: "inside", mac: `52:54:00:71:00:0${index}` });
    await world.define(bootDomain({ name, disk, log: consoleLog(name), devices }));
    await world.virsh("start", name);
  }
}

test("guests do not notice that the daemons are killed, again and again", async () => {
  await startGuests();
  const pids = guests.map(pid);
  for (let round = 0; round < rounds; round++) {
    const before = guests.map(ticks);
    await Promise.all([world.restart("virtqemud"), world.restart("virtnetworkd")]);
    expect((await world.virsh("list", "--name")).split("\n")).toEqual(guests);
    for (const name of guests) expect(await state(name)).toBe("running (booted)");
    await Promise.all(
      guests.map((name, index) => waitFor(`a tick of ${name}`, () => ticks(name) > (before[index] ?? 0))),
    );
  }
  expect(guests.map(pid)).toEqual(pids);
  const events = await DomainEvents.listen(world);
  for (const name of guests) {
    await world.virsh("suspend", name);
    await world.virsh("resume", name);
    await world.virsh("destroy", name);
    await events.saw(`lifecycle ${name} Stopped Destroyed`);
    expect(events.lifecycle(name)).toEqual([
      ...[
        "Suspended Paused",
        "Resumed Unpaused",
        "Shutdown Finished after host request",
        "Stopped Destroyed",
      ],
    ]);
    await world.virsh("undefine", name);
  }
  await events.stop();
  expect(await world.output(["ip", "-json", "link", "show", "type", "tun"])).toMatch(/^\[(\{\},?)*\]\s*$/);
});

test("a guest that goes while nobody watches", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("start", "vm");
  const guest = pid("vm");
  await world.daemon("virtqemud").stop("SIGKILL");
  process.kill(guest, "SIGKILL");
  await world.start("virtqemud");
  await waitFor("the end to be noticed", async () => (await state("vm")) === "shut off (crashed)");
  await world.virsh("undefine", "vm");
});

test("what was made for a start nobody lived to note is removed, and only that", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("start", "vm");
  const folders = ["var/lib/libvirt/qemu/domain-77-gone", "run/libvirt/qemu/channel/77-gone"];
  await world.daemon("virtqemud").stop("SIGKILL");
  for (const folder of folders) mkdirSync(join(world.prefix, folder), { recursive: true });
  await world.start("virtqemud");
  expect(folders.filter((folder) => existsSync(join(world.prefix, folder)))).toEqual([]);
  await world.restart("virtqemud");
  expect(await state("vm")).toBe("running (booted)");
  await world.virsh("destroy", "vm");
  await world.virsh("undefine", "vm");
});

test("a guest paused while nobody watches is found paused", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("start", "--paused", "vm");
  await world.restart("virtqemud");
  expect(await state("vm")).toBe("paused (user)");
  await world.virsh("resume", "vm");
  await world.restart("virtqemud", "SIGTERM");
  expect(await state("vm")).toBe("running (unpaused)");
  await world.virsh("destroy", "vm");
  await world.virsh("undefine", "vm");
});

test("transient guests and their ids survive; new ids are higher", async () => {
  await world.define(idleDomain({ name: "old" }), "create");
  const id = Number(await world.virsh("domid", "old"));
  await world.restart("virtqemud");
  expect(Number(await world.virsh("domid", "old"))).toBe(id);
  expect(await world.virsh("list", "--transient", "--name")).toBe("old");
  await world.define(idleDomain({ name: "new" }), "create");
  expect(Number(await world.virsh("domid", "new"))).toBeGreaterThan(id);
  for (const name of ["old", "new"]) await world.virsh("destroy", name);
});

test("killed in the middle of a start: the guest is there or it is not", async () => {
  await world.define(idleDomain({ name: "vm" }));
  for (let delayMs = 1; delayMs < 60; delayMs += 6) {
    const starting = world.tryVirsh("start", "vm");
    await new Promise((resolve) => setTimeout(resolve, delayMs)); // a moment in the middle, another each time
    await world.restart("virtqemud");
    await starting;
    await waitFor("one or the other", async () => /^(running|shut off)/.test(await state("vm")));
    if ((await state("vm")).startsWith("running")) await world.virsh("destroy", "vm");
    const left = world.processes().filter(({ command }) => command.includes("guest=vm"));
    expect(left).toEqual([]);
  }
  await world.virsh("undefine", "vm");
});

test("autostart happens once a boot", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("autostart", "vm");
  await world.restart("virtqemud", "SIGTERM");
  expect(await state("vm")).toBe("shut off (unknown)");
  await world.daemon("virtqemud").stop();
  await world.output(["rm", join(world.prefix, "run/libvirt/qemu/autostarted")]); // as a boot does
  await world.start("virtqemud");
  await waitFor("the start", async () => (await state("vm")) === "running (booted)");
  await world.virsh("destroy", "vm");
  await world.virsh("undefine", "vm");
});

test("a domain whose QEMU has gone is kept, and starts when it is back", async () => {
  const real = "/usr/bin/qemu-system-x86_64";
  const own = world.file("own-qemu", `#!/bin/sh\nexec ${real} "$@"\n`);
  await world.output(["chmod", "755", own]);
  await world.define(idleDomain({ name: "vm" }).replace(real, own));
  await world.output(["mv", own, `${own}.away`]);
  await world.restart("virtqemud");
  expect(await state("vm")).toBe("shut off (unknown)");
  expect((await world.tryVirsh("start", "vm")).stderr).toContain(`Cannot check QEMU binary ${own}`);
  await world.output(["mv", `${own}.away`, own]);
  await world.virsh("start", "vm");
  await world.virsh("destroy", "vm");
  await world.virsh("undefine", "vm");
});
