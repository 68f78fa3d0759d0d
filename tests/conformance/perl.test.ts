import { fileURLToPath } from "node:url";
import { bootDisk, bootDomain, network, nic, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world?.close());

test("Sys::Virt: domains and networks", async () => {
  const script = fileURLToPath(new URL("sys-virt.pl", import.meta.url));
  const devices = nic({ network: "lan", mac: "52:54:00:00:00:07" });
  const domain = bootDomain({ name: "guest", disk: world.file("disk.img", bootDisk()), devices });
  const lan = network({ name: "lan", subnet: 91, forward: "nat", bridge: "vbr91" });
  const files = [world.file("guest.xml", domain), world.file("lan.xml", lan)];
  const said = await world.output(["/usr/bin/perl", script, world.uri, ...files]);
  expect(said.trim().split("\n")).toEqual([
    "type QEMU",
    "library new",
    "alive 1",
    "network lan 1 1 vbr91",
    "autostart 1",
    "updated yes",
    "networks lan",
    "leases 0",
    "looked up lan",
    "domain guest 1 0 id", // active, transient
    "state 1 1", // running, booted
    "memory 32768 1",
    "bridged yes",
    "domains guest",
    "state 3 1", // paused, by the user
    "gone 42 10", // NO_DOMAIN
    "unknown 42 10",
    "malformed 35 20", // XML_DETAIL, of the domain
    "network gone 43 19", // NO_NETWORK
    "networks",
  ]);
});
