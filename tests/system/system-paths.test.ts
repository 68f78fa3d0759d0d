import { bootDisk, bootDomain, network, nic, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

/** Without LIBVIRT_PREFIX: a client that is told nothing finds everything. */
beforeAll(async () => {
  world = await World.create({ systemPaths: true });
});
afterAll(() => world?.close());

const virsh = (...args: string[]) => world.output(["virsh", "-q", "-c", "qemu:///system", ...args]);

test("the client finds the socket, the daemons one another", async () => {
  expect(await virsh("uri")).toContain("qemu:///system");
  const devices = nic({ network: "lan", mac: "52:54:00:00:00:31" });
  await virsh("net-create", world.file("lan.xml", network({ name: "lan", subnet: 97, forward: "nat" })));
  const xml = bootDomain({ name: "guest", disk: world.file("disk.img", bootDisk()), devices });
  await virsh("define", world.file("guest.xml", xml));
  await virsh("start", "guest");
  expect(await virsh("list", "--name")).toBe("guest\n");
  const files = await world.output([
    "ls",
    "/run/libvirt/qemu",
    "/etc/libvirt/qemu",
    "/var/log/libvirt/qemu",
    "/run/libvirt/network",
  ]);
  for (const name of ["guest.xml", "guest.pid", "guest.log", "lan.xml", "lan.pid"])
    expect(files).toContain(name);
  await virsh("destroy", "guest");
  await virsh("net-destroy", "lan");
});
