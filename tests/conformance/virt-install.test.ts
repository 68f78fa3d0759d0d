import { World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world?.close());

/** One of virtinst's programs against our daemon. They cannot attach disks without a daemon for storage. */
const tool = (name: string, ...args: string[]) =>
  world.output([`/usr/bin/${name}`, "--connect", world.uri, ...args]);

const install = [
  ...["--virt-type", "qemu", "--memory", "64", "--disk", "none", "--network", "none", "--graphics", "vnc"],
  ...["--osinfo", "detect=off,require=off", "--import", "--boot", "hd", "--noautoconsole"],
];

test("virt-install makes a guest, virt-xml changes it, virt-clone copies it", async () => {
  expect(await tool("virt-install", "--name", "one", ...install)).toContain("Domain creation completed.");
  expect(await world.virsh("domstate", "one", "--reason")).toBe("running (booted)");

  await tool("virt-xml", "one", "--edit", "--metadata", "title=first");
  await world.virsh("destroy", "one");
  expect(await tool("virt-clone", "--original", "one", "--name", "two", "--auto-clone")).toContain(
    "Clone 'two' created",
  );
  expect((await world.virsh("list", "--all", "--name")).split("\n")).toEqual(["one", "two"]);
  expect(await world.virsh("desc", "one", "--title")).toBe("first");
});
