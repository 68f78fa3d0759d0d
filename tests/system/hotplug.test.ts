import { idleDomain, linuxDomain, linuxGuest, output, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let world: World;
let images: string;

beforeAll(async () => {
  world = await World.create({
    daemons: ["virtqemud", "virtlockd"],
    qemuConf: 'stdio_handler = "file"\nlock_manager = "lockd"\n',
  });
  for (const name of ["a", "b", "c", "one", "two"]) world.file(`${name}.raw`, new Uint8Array(1 << 20));
  images = `${world.prefix}/images`;
  await output(["qemu-img", "create", "-q", "-f", "qcow2", `${images}/d.qcow2`, "1M"]);
  await world.output(["ip", "link", "add", "br0", "type", "bridge"]);
});
afterAll(() => world?.close());

const cdrom = (source: string) =>
  `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>${source}<target dev='hdc' bus='ide'/><readonly/></disk>`;
const disk = (file: string, target: string, bus: string, format = "raw") =>
  `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${images}/${file}'/>
    <target dev='${target}' bus='${bus}'/></disk>`;
const card = (mac: string, source: string) =>
  `<interface ${source}><mac address='${mac}'/><model type='virtio'/></interface>`;
const bridged = card("52:54:00:00:00:07", "type='bridge'").replace(
  "/><model",
  "/><source bridge='br0'/><model",
);

beforeEach(async () => {
  await world.tryVirsh("destroy", "vm");
  await world.tryVirsh("undefine", "vm");
  const devices = `<controller type='scsi' index='0' model='virtio-scsi'/>${disk("a.raw", "sda", "scsi")}${cdrom("")}`;
  await world.define(idleDomain({ name: "vm", devices }));
  await world.virsh("start", "vm");
});

const virsh = (...args: string[]) => world.virsh(...args);
const xml = (text: string) => world.file("device.xml", new TextEncoder().encode(text));
const attach = (text: string, ...flags: string[]) => virsh("attach-device", "vm", xml(text), ...flags);
const detach = (text: string, ...flags: string[]) => virsh("detach-device", "vm", xml(text), ...flags);
const targets = async (...flags: string[]) =>
  [...(await virsh("domblklist", "vm", ...flags)).matchAll(/^ ?(\S+) +[/-]/gm)].map(([, target]) => target);
const monitor = async (command: string) =>
  JSON.parse(await virsh("qemu-monitor-command", "vm", JSON.stringify({ execute: command }))).return;
const nodes = async () =>
  ((await monitor("query-named-block-nodes")) as { "node-name": string }[])
    .map((node) => node["node-name"])
    .sort();
const locked = async (file: string) =>
  (await output(["cat", "/proc/locks"])).includes(`:${await inode(file)} `);
const inode = async (file: string) => (await output(["stat", "-c", "%i", `${images}/${file}`])).trim();

test.each([
  ["scsi", "sdb", "b.raw", "raw"],
  ["usb", "sdc", "b.raw", "raw"],
  ["scsi", "sdd", "d.qcow2", "qcow2"],
])("a %s disk comes and goes, in what runs and in what is defined", async (bus, target, file, format) => {
  const before = await nodes();
  await attach(disk(file, target, bus, format), "--live", "--config");
  expect(await targets()).toContain(target);
  expect(await targets("--inactive")).toContain(target);
  expect((await nodes()).length).toBeGreaterThan(before.length);
  expect(await locked(file)).toBe(true);
  await detach(disk(file, target, bus, format), "--live", "--config");
  expect(await targets()).not.toContain(target);
  expect(await targets("--inactive")).not.toContain(target);
  expect(await nodes()).toEqual(before);
  expect(await locked(file)).toBe(false);
});

test("what is plugged in is still there for the next daemon", async () => {
  await attach(disk("b.raw", "sdb", "scsi"), "--live");
  await world.daemon("virtqemud").stop("SIGKILL");
  await world.start("virtqemud");
  expect(await targets()).toEqual(["sda", "sdb", "hdc"]);
  await detach(disk("b.raw", "sdb", "scsi"), "--live");
  expect(await targets()).toEqual(["sda", "hdc"]);
});

test.each([
  ["a target that is taken", () => disk("b.raw", "sda", "scsi"), "target sda already exists"],
  [
    "a bus that knows no plugging in",
    () => disk("b.raw", "hda", "ide"),
    "disk bus 'ide' cannot be hotplugged.",
  ],
  ["an image that is not there", () => disk("none.raw", "sdb", "scsi"), "No such file or directory"],
  [
    "one that contradicts itself",
    () =>
      disk("b.raw", "sdb", "scsi").replace(
        "</disk>",
        "<iotune><total_bytes_sec>1</total_bytes_sec><read_bytes_sec>1</read_bytes_sec></iotune></disk>",
      ),
    "total and read/write bytes_sec cannot be set at the same time",
  ],
  ["no device at all", () => "<nothing/>", "unknown device type 'nothing'"],
])("refused, with nothing left behind: %s", async (_what, text, message) => {
  const before = await nodes();
  await expect(attach(text(), "--live")).rejects.toThrow(message);
  expect(await nodes()).toEqual(before);
  expect(await targets()).toEqual(["sda", "hdc"]);
});

test("what is not there cannot go", async () => {
  await expect(detach(disk("b.raw", "sdb", "scsi"), "--live")).rejects.toThrow("disk sdb not found");
  await expect(detach(bridged, "--config")).rejects.toThrow(
    "no device matching MAC address 52:54:00:00:00:07 found",
  );
});

test("media of a drive", async () => {
  const medium = async () => /hdc +(\S+)/.exec(await virsh("domblklist", "vm"))?.[1];
  const inserted = async () => {
    const drives = (await monitor("query-block")) as { qdev: string; inserted?: { file: string } }[];
    return drives.find(({ qdev }) => qdev.includes("ide0-1-0"))?.inserted?.file;
  };
  await virsh("change-media", "vm", "hdc", `${images}/one.raw`, "--insert", "--live", "--config");
  expect([await medium(), await inserted()]).toEqual([`${images}/one.raw`, `${images}/one.raw`]);
  await virsh("change-media", "vm", "hdc", `${images}/two.raw`, "--update", "--live");
  expect([await medium(), await inserted()]).toEqual([`${images}/two.raw`, `${images}/two.raw`]);
  await virsh("change-media", "vm", "hdc", "--eject", "--live");
  expect([await medium(), await inserted()]).toEqual(["-", undefined]);
  expect(await virsh("dumpxml", "vm", "--inactive")).toContain(`<source file='${images}/one.raw'/>`);
});

test("a card on a bridge, its link, and its end", { timeout: 170_000 }, async () => {
  await virsh("destroy", "vm");
  await virsh("undefine", "vm");
  await world.define(linuxDomain({ name: "vm", guest: linuxGuest(), log: `${world.prefix}/serial.log` }));
  await virsh("start", "vm");
  await attach(bridged, "--live", "--config");
  const [, tap = ""] =
    /(vnet\d+) +bridge +br0 +virtio +52:54:00:00:00:07/.exec(await virsh("domiflist", "vm")) ?? [];
  expect(await world.output(["ip", "-o", "link", "show", "master", "br0"])).toContain(`${tap}:`);
  await virsh("domif-setlink", "vm", tap, "down");
  expect(await virsh("domif-getlink", "vm", tap)).toContain("down");
  // Taking a card out needs a guest that listens: it has to boot first.
  await waitFor(
    "the card to go",
    async () => {
      await world.tryVirsh("detach-device", "vm", xml(bridged), "--live");
      return !(await virsh("domiflist", "vm")).includes(tap);
    },
    120_000,
  );
  expect(await world.output(["ip", "-o", "link", "show", "master", "br0"])).toBe("");
  await detach(bridged, "--config");
});
