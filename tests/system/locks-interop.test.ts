import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { bootDisk, bootDomain, locks, World, waitFor } from "@libvirt-ts/testing";
import { afterEach, describe, expect, test } from "vitest";

const flags = 0;
const worlds: World[] = [];
const clients: RpcClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const world of worlds.splice(0)) await world.close();
});

type Peers = "virtqemud" | "virtlockd";

/** A host with lockd as its lock manager, one of whose daemons is Debian's. */
async function mixed(peers: readonly Peers[]) {
  const world = await World.create({
    systemPaths: true,
    peers,
    qemuConf: 'lock_manager = "lockd"\n',
    daemons: ["virtlogd", "virtlockd", "virtqemud"],
  });
  worlds.push(world);
  const image = world.file("disk.img", bootDisk());
  await world.define(bootDomain({ name: "guest", disk: image }));
  return { world, image };
}

/** Another client of a lock daemon, for a guest elsewhere. */
async function rivalOf(world: World, path: string) {
  const client = await RpcClient.connect(world.socket("virtlockd"));
  clients.push(client);
  const owner = { uuid: randomBytes(16), name: "elsewhere", id: 1, pid: world.namespace.pid };
  await client.call(lock.procs.register, { owner, flags });
  return {
    take: () => client.call(lock.procs.acquireResource, { path: "", name: path, flags }),
    giveBack: () => client.call(lock.procs.releaseResource, { path: "", name: path, flags }),
  };
}

const busy = { code: 87, domain: 51 };

describe.skipIf(!existsSync("/usr/sbin/libvirtd"))("unmodified C daemons", () => {
  test.each([
    ["libvirtd with our virtlockd", ["virtqemud"]],
    ["our virtqemud with C virtlockd", ["virtlockd"]],
  ] as const)("%s: a guest's whole life", async (_, peers) => {
    const { world, image } = await mixed(peers);
    const leases = () =>
      locks(world.prefix).filter((line) => /WRITE images\/disk.img 0-0$/.test(line)).length;
    const rival = await rivalOf(world, image);
    const free = () => waitFor("the lease to be free", () => leases() === 0);

    await rival.take();
    const refused = await world.tryVirsh("start", "guest");
    expect(refused.stderr).toContain(`resource busy: Lockspace resource '${image}' is locked`);
    await rival.giveBack();

    await world.virsh("start", "guest");
    expect(leases()).toBe(1);
    await expect(rival.take()).rejects.toMatchObject(busy);

    await world.virsh("suspend", "guest");
    await free();
    await rival.take();
    const paused = await world.tryVirsh("resume", "guest");
    expect(paused.stderr).toContain("is locked");
    await rival.giveBack();
    await world.virsh("resume", "guest");
    expect(leases()).toBe(1);

    await world.virsh("destroy", "guest");
    await free();
    await world.virsh("start", "guest");
    const qemu = world.processes().find(({ command }) => command.includes("guest=guest,"));
    process.kill(qemu?.pid ?? 0, "SIGKILL");
    await free();
    await rival.take();
  });

  test("libvirtd's guest survives every end of our virtlockd", async () => {
    const { world, image } = await mixed(["virtqemud"]);
    await world.virsh("start", "guest");
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await world.restart("virtlockd", signal);
      await expect((await rivalOf(world, image)).take()).rejects.toMatchObject(busy);
    }
    process.kill(world.daemon("virtlockd").pid, "SIGUSR1");
    const next = await rivalOf(world, image);
    await expect(next.take()).rejects.toMatchObject(busy);
    expect(await world.virsh("domstate", "guest")).toBe("running");
    await world.virsh("suspend", "guest");
    await next.take();
    await next.giveBack();
    await world.virsh("resume", "guest");
    await world.virsh("destroy", "guest");
    await waitFor("the lease to be free", () => next.take().then(() => true));
  });
});
