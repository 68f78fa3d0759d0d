import { existsSync } from "node:fs";
import type { Expected, Table } from "../table.ts";

/** Not every machine has SMBIOS tables: then it is this error. */
const sysinfo: Expected = existsSync("/sys/firmware/dmi/tables/DMI")
  ? /^<sysinfo type='smbios'>/
  : { fails: "unsupported configuration: Host SMBIOS information is not available" };

/** The machine as virsh shows it. */
export const host: Table = {
  name: "host",
  rows: [
    [
      "version",
      /^Compiled against library: libvirt [\d.]+\nUsing library: .*\nUsing API: QEMU [\d.]+\nRunning hypervisor: QEMU \d+\.\d+\.\d+$/,
    ],
    ["version --daemon", /^Running against daemon: \d+\.\d+\.\d+$/m],
    ["uri", /^qemu:\/\/\/system\?socket=/],
    ["hostname", /^\S+$/],
    ["sysinfo", sysinfo],
    [
      "nodeinfo",
      /^CPU model: x86_64\nCPU\(s\): \d+\n(CPU frequency: \d+ MHz\n)?CPU socket\(s\): \d+\nCore\(s\) per socket: \d+\nThread\(s\) per core: \d+\nNUMA cell\(s\): \d+\nMemory size: \d+ KiB$/,
    ],
    ["maxvcpus qemu", /^\d+$/],
    [
      "capabilities",
      /^<capabilities>\n\n<host>\n<uuid>[-0-9a-f]{36}<\/uuid>\n<cpu>\n<arch>x86_64<\/arch>[\s\S]*<guest>\n<os_type>hvm<\/os_type>\n<arch name='x86_64'>\n<wordsize>64<\/wordsize>[\s\S]*<domain type='qemu'\/>[\s\S]*<\/capabilities>$/,
    ],
    [
      "domcapabilities --virttype qemu",
      /^<domainCapabilities>\n<path>\/usr\/bin\/qemu-system-x86_64<\/path>\n<domain>qemu<\/domain>\n<machine>pc-i440fx-[\d.]+<\/machine>\n<arch>x86_64<\/arch>\n<vcpu max='255'\/>[\s\S]*<disk supported='yes'>[\s\S]*<value>virtio<\/value>[\s\S]*<\/domainCapabilities>$/,
    ],
    [
      "domcapabilities --virttype qemu --machine q35",
      /<machine>pc-q35-[\d.]+<\/machine>\n<arch>x86_64<\/arch>\n<vcpu max='288'\/>/,
    ],
    ["domcapabilities --machine nosuch", { fails: "nosuch" }],
    ["list --all", ""],
    ["net-list --all", ""],
    ["event --list", /^lifecycle\nreboot\n[\s\S]*\nmemory-failure\nmemory-device-size-change$/],
    ["net-event --list", "lifecycle"],
  ],
};
