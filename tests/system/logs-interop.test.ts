import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootDisk, bootDomain, World, waitFor } from "@libvirt-ts/testing";
import { afterEach, describe, expect, test } from "vitest";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** A host one of whose daemons is Debian's, and a guest that prints a line every 55 ms. */
async function mixed(peers: readonly ("virtqemud" | "virtlogd")[], config = "") {
  const world = await World.create({ systemPaths: true, peers, daemons: ["virtlogd", "virtqemud"] });
  worlds.push(world);
  mkdirSync(join(world.prefix, "var/log/libvirt/qemu"), { recursive: true }); // as packages do
  if (config) {
    writeFileSync(join(world.prefix, "etc/libvirt/virtlogd.conf"), config);
    await world.restart("virtlogd", "SIGTERM");
  }
  const disk = world.file("disk.img", bootDisk({ banner: "hello from the guest", ticks: 1 }));
  const log = "/var/log/libvirt/qemu/console.log";
  const source = "/var/log/libvirt/qemu/second.log";
  const devices = `<serial type='file'><source path='${source}'/><target port='1'/></serial>`;
  await world.define(bootDomain({ name: "guest", disk, log, devices }));
  const text = (path: string) => {
    const file = join(world.prefix, path);
    return existsSync(file) ? readFileSync(file, "latin1") : "";
  };
  return { world, log, source, text };
}

const ticksIn = (text: string) =>
  [...text.matchAll(/tick ([0-9A-F]{4})\r?\n/gi)].map(([, hex]) => Number.parseInt(hex ?? "", 16));

describe.skipIf(!existsSync("/usr/sbin/libvirtd"))("unmodified C daemons", () => {
  test.each([
    ["libvirtd with our virtlogd", ["virtqemud"]],
    ["our virtqemud with C virtlogd", ["virtlogd"]],
  ] as const)("%s: a guest's logs from start to end, and again", async (_, peers) => {
    const { world, log, source, text } = await mixed(peers);
    await world.virsh("start", "guest");
    await waitFor(
      "the console's log",
      () => /hello from the guest/.test(text(log)) && ticksIn(text(log)).length > 3,
    );
    expect(text("/var/log/libvirt/qemu/guest.log")).toMatch(/starting up/);
    expect(text("/var/log/libvirt/qemu/guest.log")).toMatch(/-name guest=guest/);
    expect(existsSync(join(world.prefix, source))).toBe(true);
    await world.virsh("destroy", "guest");
    await waitFor("the end in QEMU's log", () =>
      /shutting down, reason=destroyed/.test(text("/var/log/libvirt/qemu/guest.log")),
    );
    const before = text("/var/log/libvirt/qemu/guest.log").length;
    await world.virsh("start", "guest");
    await waitFor(
      "the console's log to begin anew",
      () => /^[\s\S]{0,200}hello from the guest/.test(text(log)) && ticksIn(text(log)).length > 3,
    );
    expect(text("/var/log/libvirt/qemu/guest.log").length).toBeGreaterThan(before);
    await world.virsh("destroy", "guest");
  });

  test("libvirtd reads a guest's last words from our virtlogd", async () => {
    const { world } = await mixed(["virtqemud"]);
    const broken = `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
      <name>broken</name><memory unit='MiB'>32</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>
      <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
      <qemu:commandline><qemu:arg value='-no-such-option'/></qemu:commandline></domain>`;
    await world.define(broken);
    const { stderr } = await world.tryVirsh("start", "broken");
    expect(stderr).toContain("-no-such-option: invalid option");
  });

  test("libvirtd's guest logs on over every end of our virtlogd, and over rotation", async () => {
    const { world, log, text } = await mixed(["virtqemud"], "max_size = 300\nmax_backups = 32\n");
    await world.virsh("start", "guest");
    const all = () =>
      [...Array(32).keys()]
        .toReversed()
        .map((index) => text(`${log}.${index}`))
        .join("") + text(log);
    const grown = async () => {
      const count = ticksIn(all()).length;
      await waitFor("more ticks", () => ticksIn(all()).length > count + 5);
    };
    await grown();
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await world.restart("virtlogd", signal);
      await grown();
    }
    process.kill(world.daemon("virtlogd").pid, "SIGUSR1");
    await grown();
    await waitFor("a rotation", () => existsSync(join(world.prefix, `${log}.0`)));
    expect(await world.virsh("domstate", "guest")).toBe("running");
    await world.virsh("suspend", "guest"); // nothing rolls over while all of it is read
    const ticks = ticksIn(all());
    expect(ticks).toEqual(ticks.map((_, index) => (ticks[0] ?? 0) + index));
    expect(statSync(join(world.prefix, `${log}.0`)).size).toBeLessThanOrEqual(300);
    await world.virsh("destroy", "guest");
  });
});
