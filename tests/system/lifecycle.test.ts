import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  bootDisk,
  bootDomain,
  type Census,
  census,
  idleDomain,
  Running,
  World,
  waitFor,
} from "@libvirt-ts/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { DomainEvents } from "./support/domain-events.ts";

let world: World;
let events: DomainEvents;
let before: Omit<Census, "groups">;

beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  // What comes with the first guest and stays is no leftover: QEMU's capabilities, virtlockd's keeper.
  await world.define(idleDomain({ name: "first" }));
  await world.virsh("start", "first");
  await world.virsh("destroy", "first");
  await world.virsh("undefine", "first");
});
afterAll(() => world.close());

beforeEach(async () => {
  before = await inside();
  events = await DomainEvents.listen(world);
});
afterEach(async () => {
  const active = (await world.virsh("list", "--name")).split("\n").filter((name) => name !== "");
  for (const name of active) await world.tryVirsh("destroy", name);
  const defined = (await world.virsh("list", "--all", "--name")).split("\n").filter((name) => name !== "");
  for (const name of defined) await world.tryVirsh("undefine", name);
  await events.stop();
  await waitFor("a clean world", async () => isDeepStrictEqual(await inside(), before), 5_000).catch(
    async () => expect(await inside()).toEqual(before),
  );
});

/** What daemons and guests left inside of the world; control groups belong to the whole machine. */
async function inside(): Promise<Omit<Census, "groups">> {
  const { groups: _outside, files, ...rest } = await census(world);
  return { ...rest, files: files.filter((path) => !path.startsWith("images/")) };
}

/** A domain with a disk that boots and prints on its serial port. @returns the path of its console's log */
async function defineGuest(name: string, more: { onReboot?: "restart" | "destroy" } = {}): Promise<string> {
  const disk = world.file(`${name}.img`, bootDisk({ banner: `hello from ${name}`, ticks: 4 }));
  const log = join(world.prefix, `var/log/${name}-console.log`);
  await world.define(bootDomain({ name, disk, log, ...more }));
  return log;
}

const printed = (log: string, pattern: RegExp) =>
  waitFor(`${pattern} in ${log}`, () => pattern.test(readFileSync(log, "latin1")));
const times = (log: string, pattern: RegExp) => [...readFileSync(log, "latin1").matchAll(pattern)].length;
const state = (name: string) => world.virsh("domstate", "--reason", name);
const pid = (name: string) =>
  Number(readFileSync(join(world.prefix, `run/libvirt/qemu/${name}.pid`), "utf8"));

test("from define to undefine, in libvirt's order of events", async () => {
  await world.define(idleDomain({ name: "vm" }));
  expect(await state("vm")).toBe("shut off (unknown)");
  await world.virsh("start", "--paused", "vm");
  expect(await state("vm")).toBe("paused (user)");
  await world.virsh("resume", "vm");
  expect(await state("vm")).toBe("running (unpaused)");
  await world.virsh("suspend", "vm");
  await world.virsh("resume", "vm");
  await world.virsh("destroy", "vm");
  expect(await state("vm")).toBe("shut off (destroyed)");
  await world.virsh("start", "vm");
  expect(await state("vm")).toBe("running (booted)");
  await world.virsh("destroy", "vm");
  await world.virsh("undefine", "vm");
  await events.saw("lifecycle vm Undefined Removed");
  expect(events.lifecycle("vm")).toEqual([
    ...["Defined Added", "Started Booted", "Suspended Paused", "Resumed Unpaused"],
    ...["Suspended Paused", "Resumed Unpaused", "Shutdown Finished after host request", "Stopped Destroyed"],
    ...["Resumed Unpaused", "Started Booted", "Shutdown Finished after host request", "Stopped Destroyed"],
    "Undefined Removed",
  ]);
});

test("a transient domain lives as long as it runs", async () => {
  await world.define(idleDomain({ name: "vm" }), "create");
  expect(await world.virsh("list", "--transient", "--name")).toBe("vm");
  await world.virsh("destroy", "vm");
  expect(await world.virsh("list", "--all", "--name")).toBe("");
});

test("one that is undefined while it runs ends as a transient one", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("start", "vm");
  await world.virsh("undefine", "vm");
  expect(await world.virsh("list", "--transient", "--name")).toBe("vm");
  await world.virsh("destroy", "vm");
  expect(await world.virsh("list", "--all", "--name")).toBe("");
});

test("the guest's power button", async () => {
  const log = await defineGuest("vm");
  await world.virsh("start", "vm");
  await printed(log, /hello from vm/);
  await world.virsh("shutdown", "vm");
  await events.saw("lifecycle vm Stopped Shutdown");
  expect(await state("vm")).toBe("shut off (shutdown)");
  expect(events.lifecycle("vm").slice(-2)).toEqual([
    "Shutdown Finished after guest request",
    "Stopped Shutdown",
  ]);
});

test("a reboot keeps the process, and only says reboot", async () => {
  const log = await defineGuest("vm");
  await world.virsh("start", "vm");
  await printed(log, /hello from vm/);
  const process = pid("vm");
  await world.virsh("reboot", "vm");
  await waitFor("the second boot", () => times(log, /hello from vm/g) === 2);
  expect(pid("vm")).toBe(process);
  expect(await state("vm")).toBe("running (booted)");
  await world.virsh("reset", "vm");
  await waitFor("the third boot", () => times(log, /hello from vm/g) === 3);
  await events.saw("reboot vm");
  expect(events.lifecycle("vm")).toEqual(["Defined Added", "Resumed Unpaused", "Started Booted"]);
});

test("a QEMU that is killed is a crash", async () => {
  await world.define(idleDomain({ name: "vm" }));
  await world.virsh("start", "vm");
  process.kill(pid("vm"), "SIGKILL");
  await events.saw("lifecycle vm Stopped Failed");
  expect(await state("vm")).toBe("shut off (crashed)");
  await world.virsh("start", "vm");
});

test("a QEMU that dies at start tells why", async () => {
  const real = "/usr/bin/qemu-system-x86_64";
  const broken = world.file(
    "broken-qemu",
    `#!/bin/sh\ncase "$*" in *"-machine none"*) exec ${real} "$@";; esac\necho "the disk is on fire" >&2\nexit 1\n`,
  );
  await world.output(["chmod", "755", broken]);
  await world.define(idleDomain({ name: "vm" }).replace(real, broken));
  const { code, stderr } = await world.tryVirsh("start", "vm");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "internal error: QEMU unexpectedly closed the monitor (vm='vm'): the disk is on fire",
  );
  expect(await state("vm")).toBe("shut off (failed)");
});

test.each<[what: string, refused: () => Promise<string>, text: string]>([
  [
    "no such image",
    async () => {
      await world.define(bootDomain({ name: "vm", disk: "/nonexistent.img" }));
      return (await world.tryVirsh("start", "vm")).stderr;
    },
    "Cannot access storage file '/nonexistent.img': No such file or directory",
  ],
  [
    "already running",
    async () => {
      await world.define(idleDomain({ name: "vm" }), "create");
      return (await world.tryVirsh("create", join(world.prefix, "images/definition.xml"))).stderr;
    },
    "already exists with uuid",
  ],
  ["not running", async () => (await notRunning("suspend")).stderr, "domain is not running"],
  ["nothing to resume", async () => (await notRunning("resume")).stderr, "domain is not running"],
  [
    "no such domain",
    async () => (await world.tryVirsh("start", "nobody")).stderr,
    "failed to get domain 'nobody'",
  ],
  [
    "malformed XML",
    async () => (await world.tryVirsh("define", world.file("bad.xml", "<domain><name>x</domain>"))).stderr,
    "Opening and ending tag mismatch",
  ],
])("refused: %s", async (_what, refused, text) => {
  expect(await refused()).toContain(text);
});

async function notRunning(command: string) {
  await world.define(idleDomain({ name: "vm" }));
  return world.tryVirsh(command, "vm");
}

test("an image locked elsewhere keeps the CPUs stopped", async () => {
  await defineGuest("vm");
  const image = join(world.prefix, "images/vm.img");
  const holder = world.file(
    "hold.py",
    `import fcntl, sys
file = open(sys.argv[1], "r+")
fcntl.lockf(file, fcntl.LOCK_EX, 1, 0)
print("held", flush=True)
sys.stdin.read()
`,
  );
  const held = new Running(world.namespace.inside(["/usr/bin/python3", holder, image]));
  await held.saw(/held/);
  const busy = `resource busy: Lockspace resource '${image}' is locked`;
  expect((await world.tryVirsh("start", "vm")).stderr).toContain(busy);
  expect(await state("vm")).toBe("shut off (failed)");
  await world.virsh("start", "--paused", "vm");
  expect((await world.tryVirsh("resume", "vm")).stderr).toContain(busy);
  expect(await state("vm")).toBe("paused (user)");
  await held.stop();
  await world.virsh("resume", "vm");
  expect(await state("vm")).toBe("running (unpaused)");
});

test("the console's log ends with the guest's last byte", async () => {
  const log = await defineGuest("vm");
  await world.virsh("start", "vm");
  await printed(log, /tick 0010\r\n/);
  await world.virsh("destroy", "vm");
  expect(readFileSync(log, "latin1")).toMatch(/^hello from vm\r\n(tick [0-9A-F]{4}\r\n)*/);
});

test("ten guests by four connections at once", async () => {
  const script = new URL("./fixtures/ten-guests.py", import.meta.url).pathname;
  const report = await world.output(["/usr/bin/python3", script, world.uri], { timeoutMs: 60_000 });
  const seen: Record<string, string[]> = JSON.parse(report);
  const life = [
    ...["Defined Added", "Resumed Unpaused", "Started Booted"],
    ...["Shutdown Host", "Stopped Destroyed", "Undefined Removed"],
  ];
  expect(Object.keys(seen)).toHaveLength(10);
  for (const [name, lines] of Object.entries(seen)) expect([name, lines]).toEqual([name, life]);
});

test("a definition that cannot be stored is refused", async () => {
  const folder = join(world.prefix, "etc/libvirt/qemu");
  writeFileSync(join(folder, "vm.xml.new"), ""); // its temporary file cannot be made
  await world.output(["rm", join(folder, "vm.xml.new")]);
  await world.output(["mkdir", join(folder, "vm.xml.new")]);
  const path = world.file("definition.xml", idleDomain({ name: "vm" }));
  expect((await world.tryVirsh("define", path)).stderr).toContain("cannot write config file");
  expect(await world.virsh("list", "--all", "--name")).toBe("");
  await world.output(["rmdir", join(folder, "vm.xml.new")]);
});
