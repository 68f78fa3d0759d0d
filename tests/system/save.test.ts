import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { idleDomain, linuxDomain, linuxGuest, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { DomainEvents } from "./support/domain-events.ts";

const BOOT_MS = 100_000;

let world: World;
let events: DomainEvents;
let log: string;
let file: string;

beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
  log = `${world.prefix}/serial.log`;
  file = `${world.prefix}/saved`;
});
afterAll(() => world?.close());
beforeEach(async () => {
  events = await DomainEvents.listen(world);
});
afterEach(async () => {
  await world.tryVirsh("destroy", "vm");
  await world.tryVirsh("undefine", "vm", "--managed-save");
  await events.stop();
});

const virsh = (...args: string[]) => world.virsh(...args);
const printed = () => [...readFileSync(log, "utf8").matchAll(/^line (\d+)\r?$/gm)].map(([, n]) => Number(n));
const last = () => printed().at(-1) ?? 0;

async function boot(): Promise<void> {
  writeFileSync(log, "");
  await world.define(linuxDomain({ name: "vm", guest: linuxGuest(), words: "chatter", log }));
  await virsh("start", "vm");
  await waitFor("the guest to count", () => last() >= 3, BOOT_MS);
}

/** The guest has counted on from where it was: it has not booted again. */
async function countsOn(from: number): Promise<void> {
  await waitFor("the guest to count on", () => last() > from + 2, BOOT_MS);
  expect(printed()[0]).toBeGreaterThan(3);
}

test("a guest that is saved goes on where it was", { timeout: 170_000 }, async () => {
  await boot();
  const from = last();
  await virsh("save", "vm", file);
  expect(await virsh("domstate", "vm", "--reason")).toBe("shut off (saved)");
  expect(readFileSync(file).toString("latin1", 0, 16)).toBe("LibvirtQemudSave");
  expect(await virsh("save-image-dumpxml", file)).toContain("<name>vm</name>");
  await virsh("restore", file);
  expect(await virsh("domstate", "vm", "--reason")).toBe("running (restored)");
  await countsOn(from);
  expect(events.lifecycle("vm").slice(3)).toEqual([
    "Suspended Paused",
    "Stopped Saved",
    "Started Restored",
    "Resumed Snapshot",
  ]);
});

test("a managed save is brought back by the next start", { timeout: 170_000 }, async () => {
  await boot();
  const from = last();
  await virsh("managedsave", "vm");
  expect(await virsh("dominfo", "vm")).toMatch(/Managed save: +yes/);
  await virsh("start", "vm");
  expect(await virsh("dominfo", "vm")).toMatch(/Managed save: +no/);
  await countsOn(from);
});

test("a paused guest stays paused, also for another daemon", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await virsh("start", "vm", "--paused");
  await virsh("managedsave", "vm");
  await world.daemon("virtqemud").stop();
  await world.start("virtqemud");
  await virsh("start", "vm");
  expect(await virsh("domstate", "vm")).toBe("paused");
  await virsh("managedsave", "vm", "--running");
  await virsh("start", "vm");
  expect(await virsh("domstate", "vm")).toBe("running");
});

test("what cannot be saved goes on", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await virsh("start", "vm");
  await expect(virsh("save", "vm", "/nowhere/saved")).rejects.toThrow(
    "Failed to create domain save file '/nowhere/saved': No such file or directory",
  );
  expect(await virsh("domstate", "vm")).toBe("running");
});

test("what a saved guest goes on as may be changed where the guest cannot notice", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await virsh("start", "vm", "--paused");
  const xml = await virsh("dumpxml", "vm", "--inactive");
  const titled = world.file("titled.xml", xml.replace("<memory", "<title>moved</title><memory"));
  const bigger = world.file("bigger.xml", xml.replaceAll(/(emory unit='KiB')>\d+</g, "$1>65536<"));
  const refusal = /Target domain max memory 65536 does not match source \d+/;

  await expect(virsh("save", "vm", file, "--xml", bigger)).rejects.toThrow(refusal);
  await expect(virsh("save", "vm", file, "--xml", world.file("bad.xml", "<domain/>"))).rejects.toThrow();
  expect(await virsh("domstate", "vm")).toBe("paused");
  await virsh("save", "vm", file, "--xml", titled);
  expect(await virsh("save-image-dumpxml", file)).toContain("<title>moved</title>");

  await expect(virsh("save-image-define", file, bigger)).rejects.toThrow(refusal);
  await expect(virsh("restore", file, "--xml", bigger)).rejects.toThrow(refusal);
  const again = world.file("again.xml", (await virsh("save-image-dumpxml", file)).replace("moved", "again"));
  await virsh("save-image-define", file, again, "--running");
  await virsh("restore", file);
  expect(await virsh("domstate", "vm", "--reason")).toBe("running (restored)");
  expect(await virsh("desc", "vm", "--title")).toBe("again");

  await virsh("managedsave", "vm");
  await expect(virsh("managedsave-define", "vm", bigger)).rejects.toThrow(refusal);
  const last = world.file("last.xml", (await virsh("managedsave-dumpxml", "vm")).replace("again", "last"));
  await virsh("managedsave-define", "vm", last, "--paused");
  await virsh("start", "vm");
  expect(await virsh("domstate", "vm")).toBe("paused");
  expect(await virsh("desc", "vm", "--title")).toBe("last");
});

test("passwords of a saved guest are told only to who asks for them", async () => {
  const display = "<graphics type='vnc' port='5999' passwd='secret'/></devices>";
  await world.define(idleDomain({ name: "vm" }).replace("</devices>", display), "create");
  await virsh("save", "vm", file);
  expect(await virsh("save-image-dumpxml", file)).not.toContain("secret");
  expect(await virsh("save-image-dumpxml", file, "--security-info")).toContain("passwd='secret'");
});

test.each([
  ["one that was cut off", () => truncateSync(file, 60), "failed to read qemu header"],
  ["one whose memory was cut off", () => truncateSync(file, 20_000), "error"],
  ["another file", () => writeFileSync(file, "x".repeat(5000)), "image magic is incorrect"],
])("no guest comes out of %s", async (_what, damage, message) => {
  await world.define(idleDomain({ name: "vm" }));
  await virsh("start", "vm");
  await virsh("save", "vm", file);
  damage();
  await expect(virsh("restore", file)).rejects.toThrow(message);
  expect(await virsh("domstate", "vm")).toBe("shut off");
  expect(existsSync(file)).toBe(true);
});
