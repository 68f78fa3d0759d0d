import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { LogReader } from "@libvirt-ts/log-manager/reading";
import { idleDomain, linuxDomain, linuxGuest, World, waitFor } from "@libvirt-ts/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

let world: World;
beforeAll(async () => {
  world = await World.create({ daemons: ["virtlogd", "virtqemud"] });
});
afterAll(() => world?.close());
afterEach(async () => {
  await world.tryVirsh("destroy", "vm");
  await world.tryVirsh("undefine", "vm");
});

const file = (name: string) => `${world.prefix}/${name}.log`;
const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "latin1") : "");
const xml = (device: string) => world.file("device.xml", new TextEncoder().encode(device));
const attach = (device: string) => world.virsh("attach-device", "vm", xml(device), "--live");
const detach = (alias: string) => world.virsh("detach-device-alias", "vm", alias, "--live");
const openLogs = async () =>
  (await new LogReader(`${world.prefix}/run/libvirt/virtlogd-admin-sock`).list())
    .filter(({ isOpen }) => isOpen)
    .map(({ path }) => path.replace(`${world.prefix}/`, ""));
const monitor = async (command: string) =>
  JSON.parse(await world.virsh("qemu-monitor-command", "vm", JSON.stringify({ execute: command }))).return;
/** Descriptors in sets; QEMU forgets no set that a log was opened from, but closes what is in it. */
const fdsInSets = async () =>
  ((await monitor("query-fdsets")) as { fds: unknown[] }[]).flatMap(({ fds }) => fds).length;
const chardevs = async () =>
  ((await monitor("query-chardev")) as { label: string }[]).map(({ label }) => label);

const channel = (source: string, log = "") =>
  `<channel ${source}${log && `<log file='${file(log)}' append='off'/>`}<target type='virtio' name='org.test.0'/></channel>`;
const ports = "<controller type='virtio-serial' index='0'/><controller type='usb' model='qemu-xhci'/>";

describe("ports that are plugged into a running guest", () => {
  test("what a guest writes to them is in their logs; taking them out ends the logs", {
    timeout: 170_000,
  }, async () => {
    const guest = linuxGuest();
    await world.define(linuxDomain({ name: "vm", guest, log: file("serial"), devices: ports }));
    await world.virsh("start", "vm");
    await waitFor("the guest", () => text("serial").includes("guest ready"), 120_000);
    const shell = openSync((await world.virsh("ttyconsole", "vm")).trim(), "r+");
    const before = await fdsInSets();
    const pty = channel("type='pty'>", "channel");
    const output = `<console type='file'><source path='${file("console")}'/><target type='virtio'/></console>`;
    await attach(pty);
    await attach(output);
    expect((await openLogs()).sort()).toEqual(
      ["channel.log", "console.log", "serial.log", "var/log/libvirt/qemu/vm.log"].sort(),
    );
    const live = await world.virsh("dumpxml", "vm");
    const [, terminal = ""] = /<source path='([^']*)'\/>\s*<log file='[^']*channel.log'/.exec(live) ?? [];
    const other = openSync(terminal, "r+"); // until somebody is there the guest's driver waits
    const say =
      "for d in /dev/vport*; do (echo from the channel > $d) & done; (echo from the console > /dev/hvc0) &\n";
    writeSync(shell, say);
    await waitFor(
      "what the guest wrote",
      () => text("channel").includes("from the channel") && text("console").includes("from the console"),
      30_000,
    );
    closeSync(other);
    closeSync(shell);

    await world.restart("virtlogd", "SIGKILL");
    await world.daemon("virtqemud").stop("SIGKILL");
    await world.start("virtqemud");
    await detach("channel0");
    await detach("console0");
    await waitFor("the ends of the logs", async () => !/channel|console/.test((await openLogs()).join()));
    expect(await fdsInSets()).toBe(before);
    expect((await chardevs()).some((label) => /charchannel|charconsole1/.test(label))).toBe(false);
    expect(await world.virsh("dumpxml", "vm")).not.toContain("org.test.0");
    await attach(pty); // the log is free again
  });

  test.each([
    [
      "serial port",
      () => `<serial type='file'><source path='${file("usb")}'/><target type='usb-serial'/></serial>`,
    ],
    ["channel", () => channel(`type='file'><source path='${file("usb")}'/>`)],
    [
      "socket with a log",
      () => channel(`type='unix'><source mode='bind' path='${world.prefix}/port.sock'/>`, "usb"),
    ],
  ])("a %s has its log at virtlogd, and an end", async (_, device) => {
    await world.define(idleDomain({ name: "vm", devices: ports }));
    await world.virsh("start", "vm");
    const before = [await fdsInSets(), await chardevs()];
    await attach(device());
    expect(await openLogs()).toContain("usb.log");
    expect(await fdsInSets()).toBe(Number(before[0]) + 1);
    await detach(device().startsWith("<serial") ? "serial1" : "channel0");
    await waitFor("the end of the log", async () => !(await openLogs()).includes("usb.log"));
    expect([await fdsInSets(), await chardevs()]).toEqual(before);
  });

  test.each([
    [
      "a log that is open",
      () => channel("type='pty'>", "serial"),
      /Cannot open log file: '.*serial\.log': Device or resource busy/,
    ],
    [
      "a port of the board",
      () => "<serial type='pty'><target type='isa-serial'/></serial>",
      /Unsupported address type/,
    ],
    [
      "the first console",
      () => "<console type='pty'><target type='serial'/></console>",
      /attaching serial console/,
    ],
    ["what QEMU refuses", () => channel("type='dev'><source path='/dev/none'/>", "refused"), /\/dev\/none/],
  ])("refused, with nothing left behind: %s", async (_, device, message) => {
    await world.define(idleDomain({ name: "vm", log: file("serial"), devices: ports }));
    await world.virsh("start", "vm");
    const openBefore = await openLogs();
    const before = [await fdsInSets(), await chardevs(), openBefore];
    await expect(attach(device())).rejects.toThrow(message);
    await waitFor("the end of what was opened", async () => (await openLogs()).length === openBefore.length);
    expect([await fdsInSets(), await chardevs(), await openLogs()]).toEqual(before);
  });

  test("without an adapter there is no port", async () => {
    await world.define(idleDomain({ name: "vm" }));
    await world.virsh("start", "vm");
    await expect(attach(channel("type='pty'>"))).rejects.toThrow("Unable to find a free virtio-serial port");
  });
});
