import { parseDomain } from "@libvirt-ts/conf/domain";
import { ErrorDomain } from "@libvirt-ts/errors";
import { expect } from "vitest";
import { type CapsFlag, capsFlags } from "../caps/flags.ts";
import type { MachineType, QemuCaps } from "../caps/qemu-caps.ts";
import { qemuHooks } from "../fill/hooks.ts";

const machine = (name: string, alias: string, maxCpus: number): MachineType => ({
  name,
  alias,
  isDefault: alias === "pc",
  hotplugCpus: true,
  maxCpus,
  numaMemSupported: false,
  deprecated: false,
  acpi: true,
});

/** Not in a QEMU for PCs, or not without help of the host. */
const absent =
  /^(s390|sclp|spapr|tpm-spapr|vfio-(ap|ccw)|zpci|sev|cryptodev-backend-lkcf|virtio-blk-pci\.scsi)/;
export const capsWithout = (lacking: readonly CapsFlag[]): QemuCaps => ({
  emulator: "/usr/bin/qemu-system-x86_64",
  arch: "x86_64",
  version: 10_000_000,
  microcodeVersion: 0,
  flags: new Set(capsFlags.filter((flag) => !absent.test(flag) && !lacking.includes(flag))),
  accel: {
    tcg: {
      cpus: [],
      machines: [
        machine("pc-q35-10.0", "q35", 4096),
        machine("pc-i440fx-10.0", "pc", 255),
        machine("isapc", "isapc", 1),
      ],
    },
  },
  gic: [],
  origin: { binaryCtime: 0, selfCtime: 0, selfVersion: 0 },
});
const hooksWithout = (lacking: readonly CapsFlag[]) =>
  qemuHooks({
    caps: () => capsWithout(lacking),
    defaultEmulator: () => "/usr/bin/qemu-system-x86_64",
    hostArch: "x86_64",
    noGraphicsAllowHostAudio: false,
    vncAllowHostAudio: false,
    channelDir: "/run/libvirt/qemu/channel",
    spiceTls: false,
    hasRdp: false,
    hostAddressBits: 46,
  });

export interface Sample {
  machine: string;
  /** What stands beside the devices. */
  beside: string;
  devices: string;
  /** What the emulator cannot do, of all that one for PCs can. */
  lacking?: readonly CapsFlag[];
}

const has = (text: string, tag: string) => text.includes(`<${tag}`);

/** Reads a definition as a user's new one. */
export function read({ machine: type, beside, devices, lacking = [] }: Sample) {
  const usual = [
    has(beside, "memory ") ? "" : "<memory unit='MiB'>256</memory>",
    has(beside, "vcpu") ? "" : "<vcpu>1</vcpu>",
    has(beside, "os") ? "" : `<os><type machine='${type}'>hvm</type></os>`,
  ].join("");
  const text = `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>g</name>${usual}${beside}<devices>${devices}</devices></domain>`;
  return parseDomain(text, { inactive: true, abiUpdate: true, hooks: hooksWithout(lacking) });
}

export const refusal = (message: string) => expect.objectContaining({ message, domain: ErrorDomain.QEMU });
