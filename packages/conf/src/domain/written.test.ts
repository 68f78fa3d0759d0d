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
])("%s%s becomes %s", (beside, devices, part) => {
  const text = `<domain type='qemu'><name>g</name><memory>1024</memory><os><type arch='x86_64'>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;
  expect(formatDomain(parseDomain(text, { inactive: true, abiUpdate: true }))).toContain(part);
});
