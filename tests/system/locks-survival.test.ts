import { readFileSync } from "node:fs";
import { bootDisk, bootDomain, locks, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** A real guest with a lease on its disk, whose lock daemon ends in every way there is. */
let world: World;
let image: string;
const log = () => readFileSync(`${world.prefix}/images/guest.log`, "utf8");
const leases = () => locks(world.prefix).filter((line) => /WRITE images\/disk.img 0-0$/.test(line));
const qemu = () => world.processes().find(({ command }) => command.includes("guest=guest,"))?.pid;

beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  image = world.file("disk.img", bootDisk({ ticks: 2 }));
  const serial = `${world.prefix}/images/guest.log`;
  await world.define(bootDomain({ name: "guest", disk: image, log: serial }));
  await world.virsh("start", "guest");
});
afterAll(() => world?.close());

/** The guest works and holds its lease, and it is the guest of before. */
async function expectUnharmed(pid: number | undefined): Promise<void> {
  const written = log().length;
  await waitFor("the guest to go on", () => log().length > written);
  expect(qemu()).toBe(pid);
  expect(leases()).toHaveLength(1);
  expect(await world.virsh("domstate", "guest")).toBe("running");
}

test.each(["SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL", "SIGABRT"] as const)(
  "%s ends the lock daemon, not the guest; nor does the next daemon's start",
  async (signal) => {
    const pid = qemu();
    for (let round = 0; round < 3; round++) {
      await world.daemon("virtlockd").stop(signal);
      await expectUnharmed(pid);
      await world.start("virtlockd");
      await expectUnharmed(pid);
    }
  },
);

test("SIGUSR1", async () => {
  const pid = qemu();
  for (let round = 0; round < 3; round++) {
    process.kill(world.daemon("virtlockd").pid, "SIGUSR1");
    await expectUnharmed(pid);
  }
});

test("an administrator disconnects all clients of the lock daemon", async () => {
  const pid = qemu();
  const uri = `virtlockd:///system?socket=${world.path("/run/libvirt/virtlockd-admin-sock")}`;
  const admin = (...args: string[]) => world.output(["virt-admin", "-q", "-c", uri, ...args]);
  const clients = (await admin("srv-clients-list", "virtlockd")).trim().split("\n");
  const ids = clients.map((line) => line.trim().split(/\s+/)[0] ?? "").filter((id) => /^\d+$/.test(id));
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) await admin("client-disconnect", "virtlockd", id);
  await expectUnharmed(pid);
});

test("after all of that the lease still goes with the guest, and the guest may pause and go on", async () => {
  await world.virsh("suspend", "guest");
  await waitFor("the lease to be free", () => leases().length === 0);
  await world.virsh("resume", "guest");
  expect(leases()).toHaveLength(1);
  process.kill(qemu() ?? 0, "SIGKILL");
  await waitFor("the lease to be free", () => leases().length === 0);
});
