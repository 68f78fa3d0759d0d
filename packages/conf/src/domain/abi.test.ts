import { ErrorDomain } from "@libvirt-ts/errors";
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
  ["what a disk says it is", replaced("bus='virtio'/>", "bus='virtio'/><vendor>X</vendor>")],
  ["threads for input and output", replaced("<os>", "<iothreads>2</iothreads><os>")],
  ["the order of booting", replaced("<boot dev='hd'/>", "<boot dev='network'/>")],
])("%s may change", (_what, change) => {
  expect(() => checkAbiStable(guest(), guest(change))).not.toThrow();
});

test.each([
  ["<domain type='kvm'", "<domain type='qemu'", "Target domain virt type qemu does not match source kvm"],
  ["<name>a<", "<name>b<", "Target domain name 'b' does not match source 'a'"],
  ["<memory>4096<", "<memory>8192<", "Target domain max memory 8192 does not match source 4096"],
  [
    "<features>",
    "<clock offset='utc'><timer name='hpet' present='no'/></clock><features>",
    "Target domain timers do not match source",
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

/** Much of what a guest may have. Each complaint below is libvirt's own about the same change. */
const rich = `<domain type='qemu'><name>a</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
  <maxMemory slots='4' unit='KiB'>4194304</maxMemory><memory>1179648</memory>
  <vcpu current='2'>4</vcpu>
  <sysinfo type='smbios'><bios><entry name='vendor'>V</entry></bios><system><entry name='product'>P</entry></system></sysinfo>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><smbios mode='sysinfo'/></os>
  <features><apic eoi='on'/><hyperv mode='custom'><relaxed state='on'/><spinlocks state='on' retries='8191'/></hyperv><kvm><hidden state='on'/></kvm></features>
  <cpu mode='custom' check='none'><model>Nehalem</model><vendor>Intel</vendor><topology sockets='1' cores='2' threads='2'/><feature policy='disable' name='vme'/>
    <numa><cell id='0' cpus='0-3' memory='1048576' unit='KiB'/></numa></cpu>
  <clock offset='utc'><timer name='hpet' present='no'/></clock>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='raw' queues='2'/><source file='/a'/><target dev='vda' bus='virtio'/><serial>SER</serial><blockio logical_block_size='512'/></disk>
    <controller type='usb' index='0' model='qemu-xhci' ports='8'/>
    <controller type='virtio-serial' index='0' ports='16' vectors='4'/>
    <interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/><driver ats='on'/></interface>
    <parallel type='pty'><target port='0'/></parallel>
    <channel type='pty'><target type='guestfwd' address='10.0.2.1' port='4600'/></channel>
    <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>
    <sound model='usb'/>
    <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
    <video><model type='virtio'><acceleration accel3d='no'/></model></video>
    <redirdev bus='usb' type='tcp'><source mode='connect' host='localhost' service='4000'/></redirdev>
    <watchdog model='i6300esb' action='reset'/>
    <memballoon model='virtio' autodeflate='on' freePageReporting='on'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <panic model='isa'><address type='isa' iobase='0x505'/></panic>
    <shmem name='my0'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>
    <memory model='dimm'><target><size unit='KiB'>131072</size><node>0</node></target><address type='dimm' slot='0'/></memory>
    <iommu model='intel'><driver intremap='on' caching_mode='on'/></iommu>
    <vsock model='virtio'/>
  </devices></domain>`;
const readRich = (text = rich) => parseDomain(text, { skipCheck: true });

test.each([
  ["port='1'/></input>", "port='2'/></input>"],
  ["action='reset'", "action='none'"],
  ["name='my0'", "name='other'"],
])("%s to %s may", (from, to) => {
  expect(() => checkAbiStable(readRich(), readRich(rich.replace(from, to)))).not.toThrow();
});

const { DOMAIN, CPU, SYSINFO } = ErrorDomain;

test.each([
  ["slots='4'", "slots='5'", "Target domain memory slots count '5' doesn't match source '4'"],
  [">4194304<", ">8388608<", "Target maximum memory size '8388608' doesn't match source '4194304'"],
  ["'KiB'>131072<", "'KiB'>131073<", "Target domain max memory 1048575 does not match source 1048576"],
  ["current='2'", "current='3'", "State of vCPU '2' differs between source and destination definitions"],
  [
    "memory='1048576'",
    "memory='1048577'",
    "Size of target NUMA node 0 (1048577) doesn't match source (1048576)",
  ],
  ["'0-3'", "'0-2'", "Processor mask of target NUMA node 0 doesn't match source"],
  [/<numa>.*<\/numa>/, "", "Target NUMA node count '0' doesn't match source '1'"],
  [/<sysinfo.*<\/sysinfo>/, "", "Target domain count of sysinfo does not match source"],
  [/<bios>.*<\/bios>/, "", "Target sysinfo does not match source", SYSINFO],
  [">V<", ">W<", "Target sysinfo BIOS vendor W does not match source V", SYSINFO],
  [">P<", ">Q<", "Target sysinfo system product Q does not match source P", SYSINFO],
  ["<smbios mode='sysinfo'/>", "", "Target domain SMBIOS mode none does not match source sysinfo"],
  ["eoi='on'", "", "State of feature 'apic' differs: source: 'on,eoi=on', destination: 'on,eoi=default'"],
  [
    "<apic eoi='on'/>",
    "",
    "State of feature 'apic' differs: source: 'on,eoi=on', destination: 'default,eoi=default'",
  ],
  [
    "mode='custom'><relaxed",
    "mode='passthrough'><relaxed",
    "State of feature 'hyperv' differs: source: 'on', destination: 'off'",
  ],
  [
    "<relaxed state='on'/>",
    "",
    "State of HyperV enlightenment feature 'relaxed' differs: source: 'on', destination: 'default'",
  ],
  [
    "retries='8191'",
    "retries='8192'",
    "HyperV spinlock retry count differs: source: '8191', destination: '8192'",
  ],
  [
    "<hidden state='on'/>",
    "<hidden state='off'/>",
    "State of KVM feature 'hidden' differs: source: 'on', destination: 'off'",
  ],
  [
    "mode='custom' check",
    "mode='maximum' check",
    "Target CPU mode maximum does not match source custom",
    CPU,
  ],
  ["check='none'", "check='full'", "Target CPU check full does not match source none", CPU],
  ["<vendor>Intel</vendor>", "", "Target CPU vendor <null> does not match source Intel", CPU],
  [/<topology.*threads='2'\/>/, "", "Target CPU sockets 0 does not match source 1", CPU],
  [/<feature policy.*vme'\/>/, "", "Target CPU feature count 0 does not match source 1", CPU],
  ["'hpet' present='no'", "'hpet'", "Target timer presence 'default' does not match source 'no'"],
  ["queues='2'", "", "Target disk queue count 0 does not match source 2"],
  ["<blockio logical_block_size='512'/>", "", "Target disk logical_block_size 0 does not match source 512"],
  ["<serial>SER</serial>", "", "Target disk serial <null> does not match source SER"],
  ["'qemu-xhci' ports='8'", "'nec-xhci' ports='8'", "Target controller model 9 does not match source 12"],
  ["ports='8'", "", "Target controller ports -1 does not match source 8"],
  ["vectors='4'", "", "Target controller vectors -1 does not match source 4"],
  ["ats='on'", "ats='off'", "Target device ats option 'off' does not match source 'on'"],
  ["<sound model='usb'/>", "", "Target domain sound card count 0 does not match source 1"],
  [
    "<sound model='usb'/>",
    "<sound model='usb' multichannel='yes'/>",
    "Target sound card multichannel setting 'yes' does not match source 'default'",
  ],
  [
    "<vendor>Intel</vendor>",
    "<vendor>Intel</vendor><maxphysaddr mode='emulate' bits='42'/>",
    "Target CPU maxphysaddr does not match source",
    CPU,
  ],
  [
    "<vendor>Intel</vendor>",
    "<vendor>Intel</vendor><cache mode='passthrough'/>",
    "Target CPU cache does not match source",
    CPU,
  ],
  [
    "<hidden state='on'/>",
    "<hidden state='on'/><dirty-ring state='on' size='4096'/>",
    "State of KVM feature 'dirty-ring' differs: source: 'default', destination: 'on'",
  ],
  [
    "<name>a</name>",
    "<name>a</name><genid>e9392370-2917-565e-692b-d057f46512d6</genid>",
    "Target domain requested genid does not match source",
  ],
  ["<mac address", "<mtu size='9000'/><mac address", "Target network card MTU 9000 does not match source 0"],
  ["queues='2'", "queues='2' queue_size='256'", "Target disk queue size 256 does not match source 0"],
  ["version='2.0'", "", "Target TPM version doesn't match source"],
  ["<driver ats='on'/>", "", "Target device virtio options don't match the source"],
  [
    "<target port='0'/></parallel>",
    "<target port='1'/></parallel>",
    "Target parallel port 1 does not match source 0",
  ],
  ["port='4600'", "port='4601'", "Target channel addr 10.0.2.1:4601 does not match source 10.0.2.1:4600"],
  ["tpm-crb", "tpm-tis", "Target TPM device model doesn't match source"],
  ["<acceleration accel3d='no'/>", "", "Target video card acceleration does not match source"],
  ["accel3d='no'", "accel3d='yes'", "Target video card 3d accel 1 does not match source 2"],
  [
    "type='tcp'>",
    "type='pty'>",
    "Target redirected device source type pty does not match source device source type tcp",
  ],
  [/<watchdog.*\/>/, "", "Target domain watchdog device count 0 does not match source 1"],
  ["autodeflate='on'", "", "Target balloon autodeflate attribute value 'default' does not match source 'on'"],
  [
    "Reporting='on'",
    "Reporting='off'",
    "Target balloon freePageReporting attribute value 'off' does not match source 'on'",
  ],
  [/<rng.*<\/rng>/, "", "Target domain RNG device count 0 does not match source 1"],
  ["0x505", "0x506", "Target device isa address 1286:0 does not match source 1285:0"],
  ["unit='M'>4<", "unit='M'>8<", "Target shared memory size '8388608' does not match source size '4194304'"],
  ["'dimm' slot='0'", "'dimm' slot='1'", "Target device dimm slot 1 does not match source 0"],
  ["intremap='on'", "", "Target domain IOMMU device intremap value 'default' does not match source 'on'"],
  [
    "caching_mode='on'",
    "caching_mode='off'",
    "Target domain IOMMU device caching mode 'off' does not match source 'on'",
  ],
  [/<iommu.*<\/iommu>/, "", "Target domain IOMMU device count does not match source"],
  ["<vsock model='virtio'/>", "", "Target domain vsock device count does not match source"],
] as [string | RegExp, string, string, number?][])(
  "%s to '%s' may not",
  (from, to, message, domain = DOMAIN) => {
    const changed = rich.replace(from, to);
    expect(changed).not.toBe(rich);
    expect(() => checkAbiStable(readRich(), readRich(changed))).toThrow(
      expect.objectContaining({ domain, message: `unsupported configuration: ${message}` }),
    );
  },
);
