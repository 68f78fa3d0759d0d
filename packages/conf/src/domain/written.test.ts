import { expect, test } from "vitest";
import { formatDomain, parseDomain } from "./index.ts";

/** What stands beside the devices, the devices, and a part of what libvirt 11.3 makes of them. */
test.each([
  ["<features><ioapic/><cfpc/><aia/></features>", "", "</os>\n  <clock"],
  ["<features><async-teardown/></features>", "", "<async-teardown enabled='yes'/>"],
  ["<cpu><microcode/></cpu>", "", "</os>\n  <clock"],
  ["<pm><suspend-to-mem/></pm>", "", "</on_crash>\n  <devices>"],
  ["", "<memballoon model='virtio'><stats/></memballoon>", "<memballoon model='virtio'/>"],
  ["", "<serial type='pty'><target><model/></target></serial>", "<target port='0'/>"],
  ["", "<serial type='pty'><target port='-1'/></serial>", "<target port='0'/>"],
  ["", "<serial type='file'><source path='/a'/><log/></serial>", "<source path='/a'/>\n      <target"],
  [
    "",
    "<serial type='tcp'><source host='a' service='1'><reconnect enabled='no' timeout='3'/></source></serial>",
    "<reconnect enabled='no'/>",
  ],
  [
    "",
    "<serial type='tcp'><source host='a' service='1'><reconnect timeout='3'/></source></serial>",
    "<source mode='connect' host='a' service='1'/>",
  ],
  [
    "",
    "<serial type='udp'><source host='a' service='1'/><source mode='connect' host='b' service='2'/></serial>",
    "<source mode='connect' host='a' service='1'/>",
  ],
  [
    "",
    "<channel type='pty'><target type='guestfwd' address='10.0.0.1' port='70000'/></channel>",
    "<target type='guestfwd' address='10.0.0.1' port='4464'/>",
  ],
  [
    "",
    "<rng model='virtio'><rate period='3'/><backend model='random'/></rng>",
    "<rng model='virtio'>\n      <backend",
  ],
  ["", "<tpm><backend type='passthrough'/></tpm>", "<device path='/dev/tpm0'/>"],
  ["", "<tpm><backend type='passthrough'><device path=''/></backend></tpm>", "<device path='/dev/tpm0'/>"],
  ["", "<tpm><backend type='emulator' debug='0'/></tpm>", "<backend type='emulator'/>"],
  [
    "",
    "<tpm><backend type='external'><source type='unix' path='/a'/></backend></tpm>",
    "<source type='unix' mode='connect' path='/a'/>",
  ],
  ["", "<audio id='1' type='sdl'><input bufferCount='0'/></audio>", "<audio id='1' type='sdl'/>"],
  [
    "",
    "<audio id='1' type='none'><input mixingEngine='yes' fixedSettings='yes'/></audio>",
    "<settings/>\n      </input>",
  ],
  [
    "",
    "<hostdev mode='subsystem' type='pci' managed='true'><source/></hostdev>",
    "managed='no'>\n      <source>\n        <address domain='0x0000' bus='0x00' slot='0x00' function='0x0'/>",
  ],
  [
    "",
    "<hostdev type='scsi'><source protocol='iscsi' name='a'><host name='b'/></source></hostdev>",
    "managed='no'>\n      <source protocol='iscsi' name='a/0'>",
  ],
  [
    "",
    "<hostdev type='usb'><source><address bus='0x1f' device='0x2'/></source></hostdev>",
    "<address bus='31' device='2'/>",
  ],
  [
    "",
    "<disk type='network'><source protocol='ssh' name='a' query='a=b'><host name='a'/><ssl verify='yes'/><reconnect delay='1'/><readahead size='1'/></source><target dev='vda'/></disk>",
    "<source protocol='ssh' name='a'>\n        <host name='a'/>\n      </source>",
  ],
  [
    "",
    "<disk type='network'><source protocol='nbd' name='a'><host name='a'/><reconnect enabled='x' delay='0'/></source><target dev='vda'/></disk>",
    "<host name='a'/>\n      </source>",
  ],
  [
    "",
    "<disk><source file='/a'><slices><slice type='x'/><slice type='storage' offset='1' size='2'/><slice type='storage' offset='3' size='4'/></slices></source><target dev='vda'/></disk>",
    "<slices>\n          <slice type='storage' offset='1' size='2'/>\n        </slices>",
  ],
  [
    "",
    "<disk><source file='/a'/><backingStore><format type='x'/></backingStore><target dev='vda'/></disk>",
    "<backingStore/>\n",
  ],
  [
    "",
    "<disk type='nvme'><source type='pci' namespace='1'><address bus='1'/></source><target dev='vda'/></disk>",
    "<source type='pci' managed='no' namespace='1'>",
  ],
  [
    "",
    "<panic model='isa'><address type='isa' iobase='505'/></panic>",
    "<address type='isa' iobase='0x505'/>",
  ],
  [
    "",
    "<memballoon model='virtio'><address type='pci' function='1'/></memballoon>",
    "<memballoon model='virtio'>\n      <address type='pci'/>",
  ],
  [
    "<features><hyperv><vendor_id state='off' value='a,b'/></hyperv></features>",
    "",
    "<vendor_id state='off'/>",
  ],
  [
    "<features><hyperv><stimer state='off'><direct state='on'/></stimer></hyperv></features>",
    "",
    "<stimer state='off'/>",
  ],
  ["<features><kvm/></features>", "", "<kvm>\n    </kvm>"],
  ["<features><hpt/></features>", "", "</os>\n  <clock"],
  ["<features><smm><tseg/></smm></features>", "", "<smm state='on'/>"],
  ["<cpu><model vendor_id=''>qemu64</model></cpu>", "", "<model fallback='allow'>qemu64</model>"],
  [
    "<cpu><numa><cell memory='1024'><cache level='1' associativity='none' policy='none'><size value='10' unit='x'/><line value='8' unit='y'/></cache></cell></numa></cpu>",
    "",
    "<size value='10' unit='KiB'/>\n          <line value='8' unit='B'/>",
  ],
  ["<memoryBacking><access mode=''/><allocation mode=''/></memoryBacking>", "", "</currentMemory>\n  <vcpu"],
  ["<blkiotune><weight>x</weight></blkiotune>", "", "</currentMemory>\n  <vcpu"],
  ["<numatune><memory/></numatune>", "", "</vcpu>\n  <os>"],
  [
    "<sysinfo type='fwcfg'><entry name='opt/a' file='b'>c</entry></sysinfo>",
    "",
    "<entry name='opt/a' file='b'/>",
  ],
  [
    "",
    "<interface type='bridge' managed='yes'><source bridge='a'/></interface>",
    "<interface type='bridge'>",
  ],
  [
    "",
    "<interface type='user'><mac address='52:54:00:00:00:01'/><driver name='bogus'/><filterref/><model type='e1000'/></interface>",
    "<mac address='52:54:00:00:00:01'/>\n      <model type='e1000'/>\n    </interface>",
  ],
  [
    "",
    "<interface type='vhostuser'><source path='/a'/></interface>",
    "<source type='unix' path='/a' mode='client'/>",
  ],
  [
    "",
    "<filesystem><driver type='path' queue='5'/><binary path='/a'/><source dir='/a'/><target dir='b'/></filesystem>",
    "<driver type='path'/>\n      <source dir='/a'/>",
  ],
  [
    "",
    "<video><model type='vga' primary='true'/></video>",
    "<model type='vga' vram='16384' heads='1' primary='yes'/>",
  ],
  [
    "",
    "<graphics type='vnc' port='5901' autoport='true'/>",
    "<graphics type='vnc' port='5901' autoport='no'>",
  ],
  [
    "",
    "<controller type='pci' index='1' model='pci-bridge'><target chassisNr='0x10' memReserve='0x10'/></controller>",
    "<target chassisNr='16' memReserve='16'/>",
  ],
  [
    "",
    "<disk><source file='/a'><seclabel model='selinux'/></source><target dev='vda'/></disk>",
    "<source file='/a'/>",
  ],
  ["", "<vsock model='virtio'/>", "<cid auto='yes'/>"],
  ["", "<vsock model='virtio'><cid address='4'/></vsock>", "<cid auto='no' address='4'/>"],
  ["", "<graphics type='vnc' autoport='no'/>", "<graphics type='vnc' autoport='no'>"],
  [
    "",
    "<redirfilter><usbdev class='9' vendor='0x1' product='0xab' version='1.1' allow='yes'/></redirfilter>",
    "<usbdev class='0x09' vendor='0x0001' product='0x00AB' version='1.10' allow='yes'/>",
  ],
  ["", "<input type='mouse' bus='ps2'><source dev='/a'/></input>", "<input type='mouse' bus='ps2'/>"],
  ["", "<input type='passthrough'><source evdev='/a' dev='/b'/></input>", "<source evdev='/a'/>"],
  [
    "",
    "<sound model='ac97' streams='3' multichannel='yes'><codec type='duplex'/></sound>",
    "<sound model='ac97'/>",
  ],
  [
    "",
    "<parallel type='pty'/><parallel type='pty'><target port='2'/></parallel><parallel type='pty'/>",
    "<target port='0'/>\n    </parallel>\n    <parallel type='pty'>\n      <target port='2'/>\n    </parallel>\n    <parallel type='pty'>\n      <target port='3'/>",
  ],
  [
    "",
    "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-uhci3'><master/></controller>",
    "model='ich9-uhci3'>\n      <master startport='0'/>",
  ],
  ["", "<memballoon model='none'><address type='pci' slot='5'/></memballoon>", "<memballoon model='none'/>"],
  ["", "<memballoon model='virtio'><stats period='-5'/></memballoon>", "<memballoon model='virtio'/>"],
  [
    "",
    "<disk><source file='/a'><seclabel model='selinux'><label>b</label></seclabel></source><target dev='vda'/></disk>",
    "<seclabel model='selinux' relabel='yes'>",
  ],
  ["<metadata/>", "", "</uuid>\n  <memory"],
  ["<metadata><b:a/></metadata>", "", '<metadata xmlns:b="urn:b">\n    <b:a/>'],
  ["", "<graphics type='vnc'><listen type='none'/></graphics>", "<listen type='none'/>"],
  ["", "<graphics type='sdl'><gl enable='yes' rendernode='/a'/></graphics>", "<gl enable='yes'/>"],
  [
    "",
    "<controller type='usb'/><hostdev type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/></source></hostdev>",
    "<controller type='usb' index='0'/>\n    <controller type='scsi' index='0'/>",
  ],
  // What is written twice: libvirt asks for all of a path, or for the last word.
  ["", "</devices><devices><rng model='virtio'><backend model='random'/></rng>", "<rng model='virtio'>"],
  [
    "<cputune><shares>5</shares></cputune><cputune><shares>7</shares><period>2000</period></cputune>",
    "",
    "<cputune>\n    <shares>5</shares>\n    <period>2000</period>\n  </cputune>",
  ],
  ["<os><boot dev='cdrom'/><boot dev='hd'/></os>", "", "<boot dev='cdrom'/>\n    <boot dev='hd'/>\n  </os>"],
  [
    "<clock offset='utc'/><clock offset='localtime'><timer name='pit'/></clock>",
    "",
    "<clock offset='utc'>\n    <timer name='pit'/>",
  ],
  [
    "<features><pmu state='on'/><pmu state='off'/></features><features><apic/></features>",
    "",
    "<features>\n    <apic/>\n    <pmu state='off'/>\n  </features>",
  ],
  [
    "<features><hyperv><relaxed state='on'/><vendor_id state='on' value='a'/></hyperv><hyperv><relaxed state='off'/></hyperv></features>",
    "",
    "<relaxed state='off'/>\n      <vendor_id state='on' value='a'/>",
  ],
  [
    "<features><hyperv><tlbflush state='on'><direct state='on'/></tlbflush><tlbflush state='on'><extended state='on'/></tlbflush></hyperv></features>",
    "",
    "<direct state='on'/>\n        <extended state='on'/>",
  ],
  [
    "",
    "<disk><source file='/a'/><target dev='vda'/><iotune><total_bytes_sec>1</total_bytes_sec></iotune><iotune><total_bytes_sec>2</total_bytes_sec><total_iops_sec>3</total_iops_sec></iotune></disk>",
    "<total_bytes_sec>1</total_bytes_sec>\n        <total_iops_sec>3</total_iops_sec>",
  ],
  [
    "",
    "<rng model='virtio'><rate bytes='1'/><rate bytes='2' period='3'/><backend model='random'/></rng>",
    "<rate bytes='1' period='3'/>",
  ],
  [
    "",
    "<controller type='ide'><pcihole64>1024</pcihole64></controller>",
    "<controller type='ide' index='0'/>",
  ],
  // Numbers, names and paths that are not written as usual.
  ["<currentMemory> +512</currentMemory>", "", "<currentMemory unit='KiB'>512</currentMemory>"],
  [
    "<sysinfo type='smbios'><bios><entry name='vendor'> a </entry><entry name='date'/></bios></sysinfo>",
    "",
    "<entry name='vendor'> a </entry>\n    </bios>",
  ],
  ["<features><hyperv><spinlocks state='on' retries='0x2000'/></hyperv></features>", "", "retries='8192'"],
  ["<os><acpi><table type='slic'>//a//b/</table></acpi></os>", "", "<table type='slic'>//a/b</table>"],
  [
    "",
    "<input type='mouse' bus='usb'><address type='usb' port=' 02.+1.0'/></input>",
    "<address type='usb' bus='0' port='2.1'/>",
  ],
  ["", "<input type='mouse' bus='usb'><alias name='ua-a b'/></input>", "<input type='mouse' bus='usb'/>"],
  [
    "",
    "<interface type='user'><ip address='10.1'/><script path=''/><link state=''/></interface>",
    "<ip address='10.0.0.1' family='ipv4'/>\n    </interface>",
  ],
  [
    "",
    "<channel type='pty'><target type='guestfwd' address='010.0.0.1' port='7'/></channel>",
    "address='8.0.0.1'",
  ],
  [
    "",
    "<shmem name='a'><server path='/a/'/><msi vectors='010'/></shmem>",
    "<server path='/a'/>\n      <msi vectors='8'",
  ],
  [
    "",
    "<rng model='virtio'><rate bytes='' period=''/><backend model='random'/></rng>",
    "<rng model='virtio'>\n      <backend",
  ],
  [
    "<maxMemory slots='2'>10485760</maxMemory><cpu><numa><cell id='0' cpus='0' memory='1024'/></numa></cpu>",
    "<memory model='virtio-mem'><target><size>2048</size><node>0</node><block>2048</block><requested>0</requested><address base='100000000'/></target></memory>",
    "<address base='0x100000000'/>",
  ],
])("%s%s becomes %s", (beside, devices, part) => {
  const text = `<domain type='qemu' xmlns:b='urn:b'><name>g</name><memory>1024</memory><os><type arch='x86_64'>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;
  expect(formatDomain(parseDomain(text, { inactive: true, abiUpdate: true }))).toContain(part);
});
