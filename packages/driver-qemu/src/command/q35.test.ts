import { parseDomain } from "@libvirt-ts/conf/domain";
import { expect, test } from "vitest";
import { assignAliases } from "../address/aliases.ts";
import { assignAddresses } from "../address/assign.ts";
import type { CapsFlag } from "../caps/flags.ts";
import type { MachineType, QemuCaps } from "../caps/qemu-caps.ts";
import { addressProps } from "../device/address-props.ts";
import { qemuHooks } from "../fill/hooks.ts";

const machine: MachineType = {
  name: "pc-q35-10.0",
  alias: "q35",
  isDefault: true,
  hotplugCpus: true,
  maxCpus: 288,
  numaMemSupported: false,
  deprecated: false,
  acpi: true,
};
const flags: CapsFlag[] = [
  "ich9-ahci",
  "ich9-intel-hda",
  "tcg",
  "qemu-xhci",
  "pcie-pci-bridge",
  "pcie-root-port",
  "lsi",
  "cirrus-vga",
  "netdev.user",
];
const caps: QemuCaps = {
  emulator: "/usr/bin/qemu-system-x86_64",
  arch: "x86_64",
  version: 10_000_000,
  microcodeVersion: 0,
  flags: new Set(flags),
  accel: { tcg: { cpus: [], machines: [machine] } },
  gic: [],
  origin: { binaryCtime: 0, selfCtime: 0, selfVersion: 0 },
};

const hooks = qemuHooks({
  caps: () => caps,
  defaultEmulator: () => caps.emulator,
  hostArch: "x86_64",
  noGraphicsAllowHostAudio: false,
  vncAllowHostAudio: false,
  channelDir: "/run/libvirt/qemu/channel",
});

// What libvirt 11.3 made of the same devices.
test("a q35 guest gets ports, a bridge and a spare port", () => {
  const def = parseDomain(
    `<domain type='qemu'><name>g</name><memory>1048576</memory>
      <os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices>
        <disk type='file'><source file='/d'/><target dev='vda' bus='virtio'/></disk>
        <controller type='usb' model='qemu-xhci'/>
        <controller type='scsi' model='lsilogic'/>
        <interface type='user'><model type='e1000e'/></interface>
        <interface type='user'><model type='virtio'/></interface>
        <sound model='ich9'/>
        <video><model type='cirrus'/></video>
        <memballoon model='virtio'/>
      </devices></domain>`,
    { inactive: true, abiUpdate: true, hooks },
  );
  assignAddresses(def, caps, { isNew: true });
  assignAliases(def);
  const { devices } = def;
  const ports = devices.controllers.filter((c) => c.type === "pci" && c.model === "pcie-root-port");
  expect(ports.map((port) => addressProps(def, port).addr)).toEqual([
    "0x2",
    "0x2.0x1",
    "0x2.0x2",
    "0x2.0x3",
    "0x2.0x4",
    "0x2.0x5",
    "0x2.0x6",
  ]);
  expect(ports[0]?.address).toMatchObject({ multifunction: true });
  const places = Object.fromEntries(
    [...devices.controllers, ...devices.disks, ...devices.interfaces, ...devices.sounds, ...devices.videos]
      .filter((device) => device.address?.type === "pci")
      .map((device) => [device.alias, addressProps(def, device)]),
  );
  expect(places).toMatchObject({
    "pci.5": { bus: "pci.1", addr: "0x0" },
    net0: { bus: "pci.2", addr: "0x0" },
    net1: { bus: "pci.3", addr: "0x0" },
    usb: { bus: "pci.4", addr: "0x0" },
    scsi0: { bus: "pci.5", addr: "0x1" },
    "virtio-disk0": { bus: "pci.6", addr: "0x0" },
    sound0: { bus: "pcie.0", addr: "0x1b" },
    video0: { bus: "pcie.0", addr: "0x1" },
  });
  expect(devices.memballoon && addressProps(def, devices.memballoon)).toMatchObject({ bus: "pci.7" });
});
