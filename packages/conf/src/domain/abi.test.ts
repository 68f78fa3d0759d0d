import { expect, test } from "vitest";
import { checkAbiStable } from "./abi.ts";
import { parseDomain } from "./parse.ts";

const guest = (change: (text: string) => string = (text) => text) =>
  parseDomain(
    change(`<domain type='kvm'>
  <name>a</name>
  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <memory>4096</memory>
  <currentMemory>4096</currentMemory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <features><acpi/></features>
  <cpu mode='custom'><model>qemu64</model><feature policy='require' name='ssse3'/></cpu>
  <devices>
    <disk type='file' device='disk'>
      <source file='/a'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0' bus='0' slot='4' function='0'/>
    </disk>
    <interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>
    <memballoon model='virtio'/>
  </devices>
</domain>`),
    { skipCheck: true },
  );

const replaced = (from: string, to: string) => (text: string) => text.replace(from, to);

test.each([
  ["nothing", replaced("", "")],
  ["a title", replaced("<memory>", "<title>t</title><memory>")],
  ["the file of a disk", replaced("'/a'", "'/b'")],
  ["the order of booting", replaced("<boot dev='hd'/>", "<boot dev='network'/>")],
])("%s may change", (_what, change) => {
  expect(() => checkAbiStable(guest(), guest(change))).not.toThrow();
});

test.each([
  ["<domain type='kvm'", "<domain type='qemu'", "Target domain virt type qemu does not match source kvm"],
  ["<name>a<", "<name>b<", "Target domain name 'b' does not match source 'a'"],
  ["<memory>4096<", "<memory>8192<", "Target domain max memory 8192 does not match source 4096"],
  ["<os>", "<iothreads>2</iothreads><os>", "Target domain iothreads count 2 does not match source 0"],
  [
    "<features>",
    "<clock offset='utc'><timer name='hpet' present='no'/></clock><features>",
    "Target domain timer count 1 does not match source 0",
  ],
  [
    "bus='virtio'/>",
    "bus='virtio'/><vendor>X</vendor>",
    "Target disk vendor 'X' does not match source '(null)'",
  ],
  [
    "bus='virtio'/>",
    "bus='virtio' rotation_rate='7200'/>",
    "Target disk rotation rate 7200 RPM does not match source 0 RPM",
  ],
  ["<vcpu>2<", "<vcpu>3<", "Target domain vCPU max 3 does not match source 2"],
  ["machine='pc'", "machine='q35'", "Target domain machine type q35 does not match source pc"],
  ["<acpi/>", "", "State of feature 'acpi' differs: source: 'on', destination: 'default'"],
  ["qemu64", "core2duo", "Target CPU model core2duo does not match source qemu64"],
  ["policy='require'", "policy='disable'", "Target CPU feature policy disable does not match source require"],
  ["bus='virtio'", "bus='scsi'", "Target disk bus scsi does not match source virtio"],
  ["slot='4'", "slot='5'", "Target device PCI address 0000:00:05.0 does not match source 0000:00:04.0"],
  [
    "<address type='pci' domain='0' bus='0' slot='4' function='0'/>",
    "",
    "Target device address type none does not match source pci",
  ],
  [
    "11:22:33",
    "11:22:44",
    "Target network card mac 52:54:00:11:22:44 does not match source 52:54:00:11:22:33",
  ],
  ["<memballoon model='virtio'/>", "", "Target domain memory balloon count 0 does not match source 1"],
  [
    "<memballoon",
    "<sound model='ich6'/><memballoon",
    "Target domain sound card count 1 does not match source 0",
  ],
  ["</disk>", "<readonly/></disk>", "Target disk access mode does not match source"],
])("%s to %s may not", (from, to, message) => {
  expect(() => checkAbiStable(guest(), guest(replaced(from, to)))).toThrow(
    expect.objectContaining({ message: `unsupported configuration: ${message}` }),
  );
});
