import { randomBytes } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { bootDisk, bootDomain, locks, World, waitFor } from "@libvirt-ts/testing";

import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;
/** Another host, whose virtlockd reaches the same image. */
let other: World;
let foreign: RpcClient;
let image: string;
const flags = 0;

beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  other = await World.create({ daemons: ["virtlockd"] });
  image = world.file("shared.img", bootDisk());
  foreign = await RpcClient.connect(other.socket("virtlockd"));
  const owner = { uuid: randomBytes(16), name: "elsewhere", id: 1, pid: process.pid };
  await foreign.call(lock.procs.register, { owner, flags });
  await world.define(bootDomain({ name: "guest", disk: image }));
});
afterAll(async () => {
  foreign?.close();
  await other?.close();
  await world?.close();
});

const take = (name = image) => foreign.call(lock.procs.acquireResource, { path: "", name, flags });
const release = (name = image) => foreign.call(lock.procs.releaseResource, { path: "", name, flags });
/** Leases on the image: byte 0; QEMU has its own locks further up. */
const leases = () => locks(world.prefix).filter((line) => /WRITE images\/shared.img 0-0$/.test(line));

async function refused(...args: string[]): Promise<void> {
  const { code, stderr } = await world.tryVirsh(...args);
  expect(stderr).toContain(`error: resource busy: Lockspace resource '${image}' is locked`);
  expect(code).toBe(1);
}

test("a lease held by another host keeps the guest from starting, with code 87", async () => {
  await take();
  await refused("start", "guest");
  const start = `import libvirt, sys
libvirt.registerErrorHandler(lambda *_: None, None)
try:
    libvirt.open(sys.argv[1]).lookupByName("guest").create()
except libvirt.libvirtError as error:
    print(error.get_error_code(), error.get_error_domain())`;
  expect(await world.output(["/usr/bin/python3", "-c", start, world.uri])).toBe("87 51\n");
  expect(await world.virsh("domstate", "guest")).toBe("shut off");
  expect(world.processes().filter(({ command }) => command.includes("guest="))).toEqual([]);
  expect(leases()).toHaveLength(1);
});

test("it starts as soon as the lease is free, and holds it itself", async () => {
  await release();
  expect(leases()).toEqual([]);
  await world.virsh("start", "guest");
  expect(leases()).toHaveLength(1);
  await expect(take()).rejects.toMatchObject({ code: 87 });
});

test("it holds the lease only while its CPUs run", async () => {
  await world.virsh("suspend", "guest");
  await waitFor("the lease to be free", () => leases().length === 0);
  await take();
  await refused("resume", "guest");
  expect(await world.virsh("domstate", "guest")).toBe("paused");
  await release();
  await world.virsh("resume", "guest");
  expect(leases()).toHaveLength(1);
  await world.virsh("destroy", "guest");
  await waitFor("the lease to be free", () => leases().length === 0);
});

test("start --paused takes no lease", async () => {
  await world.virsh("start", "guest", "--paused");
  expect(leases()).toEqual([]);
  await world.virsh("resume", "guest");
  expect(leases()).toHaveLength(1);
  await world.virsh("destroy", "guest");
});

test("a guest that dies leaves no lease", async () => {
  await world.virsh("start", "guest");
  const [qemu] = world.processes().filter(({ command }) => command.includes("guest=guest"));
  process.kill(qemu?.pid ?? 0, "SIGKILL");
  await waitFor("the end of the guest", async () => (await world.virsh("domstate", "guest")) === "shut off");
  expect(await world.virsh("domstate", "guest", "--reason")).toBe("shut off (crashed)");
  await waitFor("the lease to be free", () => leases().length === 0);
});

test("a restarted virtqemud gives the lease back when the guest pauses", async () => {
  await world.virsh("start", "guest");
  await world.restart("virtqemud");
  expect(leases()).toHaveLength(1);
  await world.virsh("suspend", "guest");
  await waitFor("the lease to be free", () => leases().length === 0);
  await world.virsh("resume", "guest");
  expect(leases()).toHaveLength(1);
  await world.virsh("destroy", "guest");
  await waitFor("the lease to be free", () => leases().length === 0);
});

test("read-only and shareable images", async () => {
  const kinds = ["<readonly/>", "<shareable/>"] as const;
  const [readOnly, shared] = kinds.map((kind) =>
    bootDomain({ name: kind.slice(1, -2), disk: image }).replace(
      "<target dev='vda'",
      `${kind}<target dev='vda'`,
    ),
  );
  await world.define(readOnly ?? "", "create");
  expect(locks(world.prefix).filter((line) => line.endsWith("shared.img 0-0"))).toEqual([]);
  await world.virsh("destroy", "readonly");
  await world.define(shared ?? "", "create");
  expect(locks(world.prefix).filter((line) => /READ images\/shared.img 0-0$/.test(line))).toHaveLength(1);
  await expect(take()).rejects.toMatchObject({ code: 87 });
  // QEMU's own lock comes first within one host: its words reach the client.
  const { code, stderr } = await world.tryVirsh("start", "guest");
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Failed to get shared "write" lock'),
  });
  await world.virsh("destroy", "shareable");
});

/** Leases on files whose names begin so. */
const leasesOn = (start: string) =>
  locks(world.prefix).filter((line) => line.includes(`WRITE images/${start}`) && line.endsWith(" 0-0"));

test("what is plugged in is locked before QEMU sees it, and free once QEMU has let it go", async () => {
  await world.virsh("start", "guest");
  const extra = world.file("plug-extra.img", Buffer.alloc(65_536));
  const { uid } = statSync(extra);
  const stick = world.file(
    "stick.xml",
    `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${extra}'/><target dev='sda' bus='usb'/></disk>`,
  );
  await take(extra);
  const { code, stderr } = await world.tryVirsh("attach-device", "guest", stick, "--live");
  expect(code).toBe(1);
  expect(stderr).toContain(`error: resource busy: Lockspace resource '${extra}' is locked`);
  expect(await world.virsh("domblklist", "guest")).not.toContain("sda");
  expect(statSync(extra).uid, "nobody takes away the image of another").toBe(uid);
  await release(extra);
  await world.virsh("attach-device", "guest", stick, "--live");
  expect(leasesOn("plug-extra.img")).toHaveLength(1);
  await expect(take(extra)).rejects.toMatchObject({ code: 87 });
  await world.virsh("suspend", "guest");
  await waitFor("the lease to be free", () => leasesOn("plug-extra.img").length === 0);
  await world.virsh("resume", "guest");
  expect(leasesOn("plug-extra.img")).toHaveLength(1);
  await world.virsh("detach-device", "guest", stick, "--live");
  await waitFor("the lease to be free", () => leasesOn("plug-extra.img").length === 0);
  await world.virsh("destroy", "guest");
});

test("a medium is locked as long as it is in the drive", async () => {
  const [one, two] = ["medium-one.img", "medium-two.img"].map((name) =>
    world.file(name, Buffer.alloc(1_474_560)),
  ) as [string, string];
  const floppy = `<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='${one}'/><target dev='fda' bus='fdc'/></disk>`;
  await world.define(
    bootDomain({ name: "drive", disk: world.file("drive.img", bootDisk()) }).replace(
      "<disk ",
      `${floppy}<disk `,
    ),
    "create",
  );
  expect(leasesOn("medium-")).toHaveLength(1);
  await take(two);
  const { stderr } = await world.tryVirsh("change-media", "drive", "fda", two, "--update", "--live");
  expect(stderr).toContain(`error: resource busy: Lockspace resource '${two}' is locked`);
  await expect(take(one)).rejects.toMatchObject({ code: 87 });
  await release(two);
  await world.virsh("change-media", "drive", "fda", two, "--update", "--live");
  await take(one);
  await release(one);
  await expect(take(two)).rejects.toMatchObject({ code: 87 });
  await world.virsh("change-media", "drive", "fda", "--eject", "--live");
  await take(two);
  await release(two);
  await world.virsh("destroy", "drive");
});

test("a lease that is plugged in and taken out", async () => {
  await world.virsh("start", "guest");
  mkdirSync(join(world.prefix, "leases/space"), { recursive: true });
  const file = join(world.prefix, "leases/space/key-1");
  writeFileSync(file, "");
  const space = `${world.prefix}/leases/space`;
  await foreign.call(lock.procs.createLockspace, { path: space });
  const client = await RpcClient.connect(world.socket("virtlockd"));
  await client.call(lock.procs.createLockspace, { path: space });
  client.close();
  const lease = world.file(
    "lease.xml",
    `<lease><lockspace>space</lockspace><key>key-1</key><target path='${world.prefix}/leases'/></lease>`,
  );
  const resource = { path: space, name: "key-1", flags };
  await foreign.call(lock.procs.acquireResource, resource);
  const refused = await world.tryVirsh("attach-device", "guest", lease, "--live");
  expect(refused.stderr).toContain("error: resource busy: Lockspace resource 'key-1' is locked");
  await foreign.call(lock.procs.releaseResource, resource);
  await world.virsh("attach-device", "guest", lease, "--live");
  expect(await world.virsh("dumpxml", "guest")).toContain("<key>key-1</key>");
  await expect(foreign.call(lock.procs.acquireResource, resource)).rejects.toMatchObject({ code: 87 });
  await world.virsh("detach-device", "guest", lease, "--live");
  await foreign.call(lock.procs.acquireResource, resource);
  await foreign.call(lock.procs.releaseResource, resource);
  expect((await world.tryVirsh("detach-device", "guest", lease, "--live")).stderr).toContain(
    "Lease key-1 in lockspace space does not exist",
  );
  await world.virsh("destroy", "guest");
});
