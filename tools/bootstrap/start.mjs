// npm start: installs what is missing, builds, runs the daemons below a private prefix and boots a demo guest.
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { buildGuest } from "../guest/build.mjs";
import { build, capture, pnpm, requireNode, requirePackages, root, run } from "./host.mjs";

const isRoot = process.getuid() === 0;
const prefix = process.env.LIBVIRT_PREFIX ?? (isRoot ? "/var/lib/libvirt-ts-demo" : join(homedir(), ".libvirt-ts-demo"));

requireNode();
requirePackages([
  ...["g++", "make", "python3", "libvirt-clients", "qemu-system-x86", "qemu-utils", "busybox-static", "cpio"],
  ...(isRoot ? ["dnsmasq-base", "nftables", "iproute2"] : []),
]);
build();
const guest = buildGuest(join(root, "node_modules/.cache/guest"));

// Disk leases are on in the demo; libvirt's own default is off.
const config = join(prefix, "etc/libvirt");
mkdirSync(config, { recursive: true });
writeFileSync(join(config, "qemu.conf"), 'lock_manager = "lockd"\n');

const daemons = isRoot ? [] : ["virtlogd", "virtlockd", "virtqemud"];
pnpm("dev", "up", "--prefix", prefix, ...daemons);

const mode = isRoot ? "system" : "session";
const status = JSON.parse(capture("npx", ["--no-install", "tsx", "tools/dev/src/main.ts", "status", "--json", "--prefix", prefix]));
const uri = `qemu:///${mode}?socket=${status.virtqemud.socket}`;
const virsh = (...args) => run("virsh", ["-q", "-c", uri, ...args]);
const has = (kind, name) => capture("virsh", ["-q", "-c", uri, kind, "--all", "--name"]).split("\n").includes(name);

const images = join(prefix, "images");
mkdirSync(images, { recursive: true });
const disk = join(images, "demo.qcow2");
const consoleLog = join(images, "demo-console.log");

if (!has("list", "demo")) {
  run("qemu-img", ["create", "-q", "-f", "qcow2", disk, "64M"]);
  if (isRoot && !has("net-list", "demo")) {
    virsh("net-define", write("network.xml", networkXml()));
    virsh("net-start", "demo");
  }
  virsh("define", write("domain.xml", domainXml()));
}
if (capture("virsh", ["-q", "-c", uri, "domstate", "demo"]).trim() !== "running") virsh("start", "demo");

console.log(`
The demo guest runs. Try:
  virsh -c '${uri}' list
  virsh -c '${uri}' console demo          (leave with Ctrl-])
  tail -f ${consoleLog}${isRoot ? `\n  virsh -c '${uri}' net-dhcp-leases demo` : ""}
  virsh -c '${uri}' shutdown demo
Stop everything:
  npm run dev -- down --prefix ${prefix}
`);

function write(name, text) {
  const path = join(prefix, name);
  writeFileSync(path, text);
  return path;
}

function networkXml() {
  return `<network>
  <name>demo</name>
  <forward mode='nat'/>
  <ip address='192.168.231.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.231.2' end='192.168.231.254'/></dhcp>
  </ip>
</network>
`;
}

function domainXml() {
  const nic = isRoot ? "<interface type='network'><source network='demo'/><model type='virtio'/></interface>" : "<interface type='user'><model type='virtio'/></interface>";
  return `<domain type='qemu'>
  <name>demo</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${guest.kernel}</kernel>
    <initrd>${guest.initrd}</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='${disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    ${nic}
    <serial type='pty'><log file='${consoleLog}' append='on'/></serial>
    <console type='pty'/>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
`;
}
