import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "./support/namespace.ts";
import { SystemdNamespace } from "./support/systemd-namespace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const daemons = ["virtlogd", "virtlockd", "virtnetworkd", "virtqemud"] as const;
/** What is built beside their packages; libvirtd is for machines without them. */
const others = ["libvirtd", "virtproxyd", "common", "clients"];

function build(out: string): void {
  const args = [tsx, "tools/dev/src/main.ts", "package", "--out", out];
  execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

test("the same build gives the same packages", () => {
  const [first, second] = [mkdtempSync(join(tmpdir(), "debs-")), mkdtempSync(join(tmpdir(), "debs-"))];
  build(first);
  build(second);
  const names = readdirSync(first);
  expect(names).toHaveLength(daemons.length + others.length);
  for (const name of names)
    expect([name, digest(join(second, name))]).toEqual([name, digest(join(first, name))]);
});

const guest = `<domain type='qemu'>
  <name>packaged</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/var/lib/images/d.img'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><source network='packaged'/></interface>
    <serial type='pty'><log file='/var/log/packaged-console.log'/></serial>
  </devices>
</domain>
`;

const network = `<network>
  <name>packaged</name>
  <bridge name='virbr7'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'><dhcp><range start='192.168.77.2' end='192.168.77.9'/></dhcp></ip>
</network>
`;

/** One machine, one life of the packages on it: each step builds on those before. */
describe.skipIf(!SystemdNamespace.isPossible)("packages on a machine with systemd", () => {
  let machine: SystemdNamespace;
  beforeAll(async () => {
    machine = await SystemdNamespace.boot();
    build(machine.shared);
    writeFileSync(join(machine.shared, "domain.xml"), guest);
    writeFileSync(join(machine.shared, "network.xml"), network);
  });
  afterAll(() => machine?.shutdown());

  const virsh = (...args: string[]) => machine.succeed("virsh", "-q", "-c", "qemu:///system", ...args);
  const show = async (unit: string, property: string) =>
    machine.succeed("systemctl", "show", "--value", "-p", property, unit);
  const active = (unit: string) => show(unit, "ActiveState");
  const pidOf = (name: string) => show(`${name}.service`, "MainPID");
  const debs = () =>
    readdirSync(machine.shared).filter((name) => /\.deb$/.test(name) && !/-libvirtd_/.test(name));
  const install = () => machine.run("dpkg", "--install", ...debs().map((name) => `/shared/${name}`));

  test("installed in place of libvirt's own daemons: sockets listen, no daemon runs yet", async () => {
    const { code, stdout, stderr } = await install();
    expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining("dependency problems")]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a field of dpkg-query, not of JavaScript
    const rival = await machine.run("dpkg-query", "-W", "-f=${db:Status-Abbrev}", "libvirt-daemon");
    expect(rival.stdout).not.toMatch(/^ii/);
    for (const name of daemons) {
      const roles = name.startsWith("virtlo") ? ["", "-admin"] : ["", "-ro", "-admin"];
      for (const role of roles) {
        expect([name + role, await active(`${name}${role}.socket`)]).toEqual([name + role, "active"]);
        expect(await machine.succeed("systemctl", "is-enabled", `${name}${role}.socket`)).toBe("enabled");
      }
      expect([name, await active(`${name}.service`)]).toEqual([name, "inactive"]);
      expect(await machine.succeed(name, "--version")).toBe(`${name} (libvirt) 11.3.0`);
      expect(await machine.succeed(name, "--config-check")).toBe(`/etc/libvirt/${name}.conf: ok`);
    }
  });

  test("the first client starts a daemon, and that those it needs: a guest runs, in all sandboxes", async () => {
    await machine.succeed("mkdir", "-p", "/var/lib/images");
    await machine.succeed("truncate", "-s", "1M", "/var/lib/images/d.img");
    await machine.succeed("sh", "-c", `echo 'lock_manager = "lockd"' >> /etc/libvirt/qemu.conf`);
    await machine.succeed("sh", "-c", `echo 'user = "root"' >> /etc/libvirt/qemu.conf`);
    expect(await virsh("list", "--all")).toBe("");
    expect(await active("virtqemud.service")).toBe("active");
    await virsh("net-define", "/shared/network.xml");
    await virsh("net-start", "packaged");
    await virsh("define", "/shared/domain.xml");
    await virsh("start", "packaged");
    for (const name of daemons) expect([name, await active(`${name}.service`)]).toEqual([name, "active"]);
    expect(await virsh("list", "--name")).toBe("packaged");
    expect(await machine.succeed("cat", "/var/log/libvirt/qemu/packaged.log")).toContain(
      "qemu-system-x86_64",
    );
    await machine.succeed("test", "-e", "/var/log/packaged-console.log");
    expect(await machine.succeed("ip", "-br", "link", "show", "virbr7")).toContain("virbr7");
  });

  test.each(daemons)("%s has an administrator", async (name) => {
    expect(await machine.succeed("virt-admin", "-q", "-c", `${name}:///system`, "srv-list")).toMatch(name);
  });

  test("reload: drivers read again, managers hand over to a successor; systemd knows both", async () => {
    for (const name of daemons) {
      const before = await pidOf(name);
      await machine.succeed("systemctl", "reload", `${name}.service`);
      await until(
        `${name} to serve`,
        async () => (await machine.run("virt-admin", "-c", `${name}:///system`, "srv-list")).code === 0,
      );
      if (name === "virtlogd" || name === "virtlockd")
        await until(`a successor of ${name}`, async () => (await pidOf(name)) !== before);
      else expect([name, await pidOf(name)]).toEqual([name, before]);
      expect([name, await active(`${name}.service`)]).toEqual([name, "active"]);
    }
    expect(await virsh("list", "--name")).toBe("packaged");
  });

  test("restart, and a daemon that was killed: it comes back by itself, guest and servers of the network stay", async () => {
    const servers = await machine.succeed("pgrep", "-x", "dnsmasq");
    const qemu = await machine.succeed("pgrep", "-f", "qemu-system-x86_64.*packaged");
    for (const name of ["virtqemud", "virtnetworkd"])
      await machine.succeed("systemctl", "restart", `${name}.service`);
    expect(await virsh("domstate", "packaged")).toBe("running");
    for (const name of daemons) {
      const pid = await pidOf(name);
      await machine.succeed("kill", "-9", pid);
      await until(`${name} to be back`, async () => {
        const now = await pidOf(name);
        return now !== "0" && now !== pid && (await active(`${name}.service`)) === "active";
      });
    }
    expect(await virsh("domstate", "packaged")).toBe("running");
    expect(await virsh("net-list", "--name")).toBe("packaged");
    expect(await machine.succeed("pgrep", "-x", "dnsmasq")).toBe(servers);
    expect(await machine.succeed("pgrep", "-f", "qemu-system-x86_64.*packaged")).toBe(qemu);
  });

  test("idle: a daemon ends, its sockets stay, the next client starts it again", async () => {
    await virsh("destroy", "packaged");
    await virsh("net-destroy", "packaged");
    const first = await pidOf("virtqemud");
    await machine.succeed(
      "virt-admin",
      "-q",
      "-c",
      "virtqemud:///system",
      "daemon-timeout",
      "--timeout",
      "1",
    );
    await until("virtqemud to end", async () => (await active("virtqemud.service")) === "inactive");
    expect(await show("virtqemud.service", "Result")).toBe("success");
    expect(await active("virtqemud.socket")).toBe("active");
    expect(await virsh("list", "--all", "--name")).toBe("packaged");
    expect(await pidOf("virtqemud")).not.toBe(first);
  });

  test("purged: nothing listens, nothing is left, but what guests and networks are", async () => {
    const names = debs().map((file) => file.split("_")[0] ?? "");
    await machine.succeed("dpkg", "--purge", ...names);
    for (const name of daemons) {
      expect([name, (await machine.run("test", "-e", `/usr/sbin/${name}`)).code]).toEqual([name, 1]);
      expect([name, (await machine.run("test", "-e", `/run/libvirt/${name}-sock`)).code]).toEqual([name, 1]);
    }
    expect((await machine.run("test", "-e", "/usr/lib/libvirt-ts")).code).toBe(1);
    await machine.succeed("test", "-e", "/etc/libvirt/qemu/packaged.xml");
  });
});
