import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { startDaemons } from "./up.ts";
import type { World } from "./world.ts";

/** What the demo guest boots from. */
export interface GuestImages {
  kernel: string;
  initrd: string;
}

/**
 * Runs the daemons and a small Linux guest with a disk, a leased image, a console log and a network; prints how
 * to connect. What is there already is left as it is.
 */
export async function runDemo(world: World, images: GuestImages): Promise<void> {
  const { privileged } = world.paths;
  const folder = join(world.prefix, "images");
  mkdirSync(folder, { recursive: true });
  // Disk leases are on in the demo; libvirt's own default is off.
  mkdirSync(world.paths.etc, { recursive: true });
  writeFileSync(join(world.paths.etc, "qemu.conf"), 'lock_manager = "lockd"\n');

  const failures = await startDaemons(world, privileged ? [] : []);
  if (failures.length > 0) throw new Error(failures.join("\n"));

  const uri = `qemu:///${privileged ? "system" : "session"}?socket=${world.socket("virtqemud")}`;
  const virsh = (...args: string[]) =>
    execFileSync("virsh", ["-q", "-c", uri, ...args], { encoding: "utf8" });
  const define = (command: string, name: string, text: string) => {
    const path = join(world.prefix, name);
    writeFileSync(path, text);
    virsh(command, path);
  };

  /** QEMU's own user may not be able to reach the checkout. */
  const keep = (file: string): string => {
    const copy = join(folder, basename(file));
    copyFileSync(file, copy);
    return copy;
  };

  const disk = join(folder, "demo.qcow2");
  const log = join(folder, "demo-console.log");
  if (privileged && !virsh("net-list", "--all", "--name").split("\n").includes("demo"))
    define("net-define", "network.xml", networkXml);
  if (privileged && !virsh("net-list", "--name").split("\n").includes("demo")) virsh("net-start", "demo");
  if (!virsh("list", "--all", "--name").split("\n").includes("demo")) {
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "64M"]);
    define(
      "define",
      "domain.xml",
      domainXml({ kernel: keep(images.kernel), initrd: keep(images.initrd), disk, log, privileged }),
    );
  }
  if (virsh("domstate", "demo").trim() !== "running") virsh("start", "demo");

  console.log(`
The demo guest runs. Try:
  virsh -c '${uri}' list
  virsh -c '${uri}' console demo          (leave with Ctrl-])
  tail -f ${log}${privileged ? `\n  virsh -c '${uri}' net-dhcp-leases demo` : ""}
  virsh -c '${uri}' shutdown demo
Stop everything:
  virsh -c '${uri}' destroy demo${privileged ? `; virsh -c '${uri}' net-destroy demo` : ""}
  npm run dev -- down --prefix ${world.prefix}
`);
}

const networkXml = `<network>
  <name>demo</name>
  <forward mode='nat'/>
  <ip address='192.168.231.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.231.2' end='192.168.231.254'/></dhcp>
  </ip>
</network>
`;

function domainXml(o: GuestImages & { disk: string; log: string; privileged: boolean }): string {
  const source = o.privileged ? "<source network='demo'/>" : "";
  return `<domain type='qemu'>
  <name>demo</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${o.kernel}</kernel>
    <initrd>${o.initrd}</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='${o.disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='${o.privileged ? "network" : "user"}'>${source}<model type='virtio'/></interface>
    <serial type='pty'><log file='${o.log}' append='on'/></serial>
    <console type='pty'/>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
`;
}
