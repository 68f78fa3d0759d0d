import { idleDomain, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
});
afterAll(() => world.close());

const display = (terms: string) => `<graphics type='vnc' autoport='yes' listen='127.0.0.1' ${terms}/>`;
const update = (terms: string) =>
  world.tryVirsh("update-device", "vm", world.file("display.xml", display(terms)), "--live");
const shown = async () =>
  (await world.virsh("dumpxml", "--security-info", "vm")).match(/passwd='([^']*)'/)?.[1];

test("the password of a display is set at start and changes while the guest runs", async () => {
  await world.define(idleDomain({ name: "vm", devices: display("passwd='one'") }));
  await world.virsh("start", "vm", "--paused");
  const vnc = JSON.parse(await world.virsh("qemu-monitor-command", "vm", '{"execute":"query-vnc"}'));
  expect(vnc.return).toMatchObject({ enabled: true, auth: "vnc" });
  expect((await update("passwd='two' passwdValidTo='2099-01-01T00:00:00'")).code).toBe(0);
  expect(await shown()).toBe("two");
  const { code, stderr } = await update("passwd='three' port='5999' keymap='de'");
  expect(code).not.toBe(0);
  expect(stderr).toContain("cannot change keymap setting on vnc graphics");
  expect(await shown()).toBe("two");
  await world.virsh("destroy", "vm");
});
