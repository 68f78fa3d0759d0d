import { bootDisk, bootDomain, network, nic } from "./guests.ts";
import type { World } from "./world.ts";

/** Runs one guest on one network and removes both, so that what daemons open once and keep is open. */
export async function warmUp(world: World): Promise<void> {
  const disk = world.file("warm-up.img", bootDisk());
  const devices = nic({ network: "warm-up", mac: "52:54:00:00:00:ff" });
  await world.define(network({ name: "warm-up", subnet: 254, forward: "nat" }), "net-create");
  await world.define(
    bootDomain({ name: "warm-up", disk, devices, log: disk.replace("img", "log") }),
    "create",
  );
  await world.virsh("destroy", "warm-up");
  await world.virsh("net-destroy", "warm-up");
}
