import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type BootSectorOptions, bootSector } from "./boot-sector.ts";

/** What a test wants of a domain; all else is as small as can be. */
export interface GuestOptions {
  name: string;
  uuid?: string;
  memoryMiB?: number;
  vcpus?: number;
  machine?: "pc" | "q35";
  /** XML of further devices. */
  devices?: string;
  /** Serial port's log file. */
  log?: string;
  /** XML beside `<devices>`. */
  more?: string;
  onReboot?: "restart" | "destroy";
}

const domain = (o: GuestOptions, boot: string, devices: string) => `<domain type='qemu'>
  <name>${o.name}</name>
  ${o.uuid === undefined ? "" : `<uuid>${o.uuid}</uuid>`}
  <memory unit='MiB'>${o.memoryMiB ?? 32}</memory>
  <vcpu>${o.vcpus ?? 1}</vcpu>
  <os><type arch='x86_64' machine='${o.machine ?? "pc"}'>hvm</type>${boot}</os>
  <features><acpi/></features>
  <on_reboot>${o.onReboot ?? "restart"}</on_reboot>
  ${o.more ?? ""}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${devices}
    ${o.devices ?? ""}
    <serial type='pty'>${o.log === undefined ? "" : `<log file='${o.log}' append='off'/>`}<target port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>
  </devices>
</domain>
`;

/** SeaBIOS boots from no disk that is smaller than this. */
const diskBytes = 1 << 20;

/** The content of a raw disk that boots the guest of `bootSector`. */
export function bootDisk(o: BootSectorOptions = {}): Uint8Array {
  const disk = Buffer.alloc(diskBytes);
  disk.set(bootSector(o));
  return disk;
}

/** A guest that is the boot sector of its disk (see `bootSector`). */
export const bootDomain = (o: GuestOptions & { disk: string; diskFormat?: "raw" | "qcow2" }): string =>
  domain(
    o,
    "<boot dev='hd'/>",
    `<disk type='file' device='disk'>
      <driver name='qemu' type='${o.diskFormat ?? "raw"}'/>
      <source file='${o.disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>`,
  );

/** A guest without any disk, which finds nothing to boot. */
export const idleDomain = (o: GuestOptions): string => domain(o, "", "");

/** Kernel and initial file system of the small Linux guest. */
export interface LinuxGuest {
  kernel: string;
  initrd: string;
}

/** Builds it unless it is there already. */
export function linuxGuest(): LinuxGuest {
  const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  const argv = [path("tools/guest/build.mjs"), path("node_modules/.cache/guest")];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" }));
}

/** @param words added to the kernel's command line; `chatter` makes it print numbered lines */
export const linuxDomain = (o: GuestOptions & { guest: LinuxGuest; words?: string }): string =>
  domain(
    { memoryMiB: 128, ...o },
    `<kernel>${o.guest.kernel}</kernel><initrd>${o.guest.initrd}</initrd>
     <cmdline>console=ttyS0 quiet ${o.words ?? ""}</cmdline>`,
    "",
  );

/** A network that hands out addresses 192.168.SUBNET.2 to .99, its host side being .1. */
export const network = (o: {
  name: string;
  subnet: number;
  forward?: "nat" | "route" | "open" | undefined;
  bridge?: string;
  hosts?: string;
}): string => `<network>
  <name>${o.name}</name>
  ${o.forward === undefined ? "" : `<forward mode='${o.forward}'/>`}
  <bridge name='${o.bridge ?? "virbr%d"}' stp='off' delay='0'/>
  <ip address='192.168.${o.subnet}.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.${o.subnet}.2' end='192.168.${o.subnet}.99'/>${o.hosts ?? ""}</dhcp>
  </ip>
</network>
`;

/** A network card. */
export const nic = (o: { network: string; mac: string }): string =>
  `<interface type='network'><mac address='${o.mac}'/><source network='${o.network}'/><model type='virtio'/></interface>`;
