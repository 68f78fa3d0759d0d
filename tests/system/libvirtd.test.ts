import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { bootDisk, bootDomain, network, nic, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** All drivers in one process. */
let world: World;
beforeAll(async () => {
  world = await World.create({ daemons: ["virtlogd"] });
  appendFileSync(join(world.prefix, "etc/libvirt/libvirtd.conf"), 'auth_unix_rw = "none"\n');
  await world.start("libvirtd");
});
afterAll(() => world?.close());

const virsh = (driver: string, path: string, ...args: string[]) =>
  world.output(["virsh", "-q", "-c", world.uriOf("libvirtd", driver, path), ...args]);

test("a guest on a network, both of this process, which dies meanwhile", async () => {
  const qemu = async (...args: string[]) => (await virsh("qemu", "system", ...args)).trim();
  const lan = network({ name: "lan", subnet: 83, bridge: "vbr83" });
  await qemu("net-define", world.file("lan.xml", lan));
  await qemu("net-start", "lan");
  expect(await virsh("network", "system", "net-list", "--name")).toContain("lan");
  const devices = nic({ network: "lan", mac: "52:54:00:00:00:08" });
  const guest = bootDomain({ name: "guest", disk: world.file("disk.img", bootDisk()), devices });
  await qemu("create", world.file("guest.xml", guest));
  expect(await qemu("dumpxml", "guest")).toContain("bridge='vbr83'");
  await world.restart("libvirtd");
  expect(await qemu("domstate", "guest")).toBe("running");
  expect(await qemu("net-list", "--name")).toBe("lan");
  await qemu("destroy", "guest");
  await qemu("net-destroy", "lan");
});

test("clients of the test driver share a host while one is there", async () => {
  const shell = (...commands: string[]) => virsh("test", "default", commands.join(";"));
  expect(await shell("destroy test", "list --all --name", "domstate test")).toMatch(/test\n.*shut off/s);
  expect(await shell("domstate test")).toContain("running");
});

test("a driver of another process is not here", async () => {
  await expect(virsh("lxc", "system", "list")).rejects.toThrow("no connection driver available");
});
