import { randomBytes } from "node:crypto";
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

const take = () => foreign.call(lock.procs.acquireResource, { path: "", name: image, flags });
const release = () => foreign.call(lock.procs.releaseResource, { path: "", name: image, flags });
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
