import { readFileSync } from "node:fs";
import { idleDomain, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;

beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
});
afterAll(() => world.close());

test("a card without a network gets a tap, and the administrator's programs are told of it", async () => {
  const told = world.file("told", "");
  const script = (word: string) => {
    const path = world.file(word, `#!/bin/sh\necho ${word} "$1" >> ${told}\n`);
    return world.output(["chmod", "755", path]).then(() => path);
  };
  const [up, down] = await Promise.all([script("up"), script("down")]);
  const devices = `<interface type='ethernet'><target dev='tap-a'/><script path='${up}'/><downscript path='${down}'/></interface>`;
  await world.define(idleDomain({ name: "card", devices }));
  await world.virsh("start", "card", "--paused");
  expect(await world.output(["ip", "-o", "link", "show", "tap-a"])).toMatch(/tap-a: <[^>]*UP[^>]*>/);
  expect(readFileSync(told, "utf8")).toBe("up tap-a\n");
  await world.virsh("destroy", "card");
  expect(readFileSync(told, "utf8")).toBe("up tap-a\ndown tap-a\n");
});

test("threads run where the definition says, from the start on", async () => {
  const more = `<iothreads>1</iothreads>
    <cputune><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='1'/><iothreadpin iothread='1' cpuset='0'/></cputune>`;
  await world.define(idleDomain({ name: "pinned", vcpus: 2, more }));
  await world.virsh("start", "pinned", "--paused");
  const pid = readFileSync(world.path("/run/libvirt/qemu/pinned.pid"), "utf8");
  const cpus = await world.output([
    "sh",
    "-c",
    `grep -h -e ^Name -e ^Cpus_allowed_list /proc/${pid}/task/*/status`,
  ]);
  const all = (await world.output(["cat", "/sys/devices/system/cpu/online"])).trim();
  const allowed = new Map(
    [...cpus.matchAll(/Name:\s*(.+)\nCpus_allowed_list:\s*(\S+)/g)].map(([, name, list]) => [name, list]),
  );
  expect([...allowed].filter(([name]) => /^CPU [01]|^IO iothread1/.test(name ?? "")).sort()).toEqual([
    ["CPU 0/TCG", "0"],
    ["CPU 1/TCG", all],
    ["IO iothread1", "0"],
  ]);
  expect(allowed.get("qemu-system-x86")).toBe("1");
  await world.virsh("destroy", "pinned");
});

test("a node the host does not have is told before QEMU starts", async () => {
  const more = "<numatune><memory mode='strict' nodeset='63'/></numatune>";
  await world.define(idleDomain({ name: "nowhere", more }));
  const { code, stderr } = await world.tryVirsh("start", "nowhere");
  expect(code).not.toBe(0);
  expect(stderr).toContain("unsupported configuration: NUMA node 63 is unavailable");
});
