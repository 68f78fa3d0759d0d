import { closeSync, openSync, readFileSync } from "node:fs";
import { native } from "@libvirt-ts/native";
import { lockAdmin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { bootDisk, bootDomain, locks, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const actions = ["poweroff", "restart", "pause", "ignore"] as const;

let world: World;
const images = new Map<string, string>();
/** Locks of another host. */
const taken: number[] = [];

beforeAll(async () => {
  world = await World.create({ qemuConf: 'lock_manager = "lockd"\n' });
  for (const action of actions) {
    const disk = world.file(`${action}.img`, bootDisk());
    images.set(action, disk);
    const more = `<on_lockfailure>${action}</on_lockfailure>`;
    const lease = `<lease><lockspace>spc</lockspace><key>${action}</key><target path='${world.prefix}/images'/></lease>`;
    await world.define(bootDomain({ name: action, disk, more, devices: action === "pause" ? lease : "" }));
  }
});
afterAll(async () => {
  for (const fd of taken.splice(0)) closeSync(fd);
  await world?.close();
});

const state = (name: string) => world.virsh("domstate", name, "--reason");

test("a lease whose file is missing keeps its guest off; its lockspace is made known", async () => {
  expect((await world.tryVirsh("start", "pause")).stderr).toMatch(
    /Unable to open resource .*\/images\/spc\/pause: No such file/,
  );
  world.file("spc/pause", "");
  await world.virsh("start", "pause");
  const held = locks(world.prefix).flatMap((line) => / (images\/\S+) 0-0$/.exec(line)?.[1] ?? []);
  expect(held.sort()).toEqual(["images/pause.img", "images/spc/pause"]);
});

test("lost to another host: each guest gets what its on_lockfailure says", async () => {
  for (const action of actions) if (action !== "pause") await world.virsh("start", action);
  const keeper = world.processes().find(({ command }) => command.startsWith("virtlockd-keeper"));
  await world.daemon("virtlockd").stop("SIGKILL");
  process.kill(keeper?.pid ?? 0, "SIGKILL"); // nothing holds the locks any more
  await waitFor("the locks of another host", () => {
    const fd = openSync(images.get(actions[taken.length] ?? "") ?? "", "r+");
    if (native.ofdLock(fd, "write", 0, 1) === 0) taken.push(fd);
    else closeSync(fd);
    return taken.length === actions.length;
  });
  await world.start("virtlockd");

  await waitFor("the guests to be acted upon", async () => (await state("pause")).startsWith("paused"));
  await waitFor("the end of the guest", async () => (await state("poweroff")).startsWith("shut off"));
  await waitFor("the end of the guest", async () => (await state("restart")).startsWith("shut off"));
  expect(await state("poweroff")).toBe("shut off (failed)");
  expect(await state("pause")).toBe("paused (I/O error)");
  expect(await state("ignore")).toBe("running (booted)");
  const log = readFileSync(`${world.prefix}/virtqemud.out`, "utf8");
  expect(log.match(/the lock on an image is lost/g)).toHaveLength(actions.length);

  const admin = await RpcClient.connect(`${world.prefix}/run/libvirt/virtlockd-admin-sock`);
  const { locks: listed } = await admin.call(lockAdmin.procs.list, { flags: 0 });
  expect(listed.map(({ path, state: is }) => [path, is])).toEqual([[images.get("ignore"), 1]]);
  admin.close();
});

test("once the other host is done the guests go on", async () => {
  for (const fd of taken.splice(0)) closeSync(fd);
  await world.virsh("resume", "pause");
  for (const name of ["poweroff", "restart"]) await world.virsh("start", name);
  for (const name of actions) expect(await state(name)).toMatch(/^running/);
});
