import { describe, expect, test } from "vitest";
import {
  domainDefCopy,
  fillNewDevice,
  formatDevice,
  formatDomain,
  insertDevice,
  parseDevice,
  parseDomain,
  removeDevice,
} from "./index.ts";

const zeros = (size: number) => new Uint8Array(size);
const guest = (devices: string, rest = "") => `<domain type='kvm'>
  <name>g</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>${rest}
  <devices>${devices}</devices>
</domain>`;
const parse = (text: string) => parseDomain(text, { inactive: true, random: zeros });
const shown = (text: string) => formatDomain(parse(text));

test("a card handed through keeps the driver of the host", () => {
  const text = `<domain type='kvm'><name>a</name><memory>1</memory><os><type arch='x86_64'>hvm</type></os><devices>
    <interface type='hostdev' managed='yes'><mac address='00:11:22:33:44:55'/><driver name='vfio' model='m'/>
    <source><address type='pci' domain='0x0002' bus='0x03' slot='0x07' function='0x1'/></source></interface>
    </devices></domain>`;
  const shown = formatDomain(parseDomain(text, { inactive: true }));
  expect(shown).toMatch(/<mac [^>]*>\n *<driver name='vfio' model='m'\/>\n *<source>/);
  expect(shown.match(/<driver/g)).toHaveLength(1);
});

describe("a guest", () => {
  test("gets what must be there", () => {
    expect(shown(guest(""))).toBe(`<domain type='kvm'>
  <name>g</name>
  <uuid>00000000-0000-4000-8000-000000000000</uuid>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static'>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <boot dev='hd'/>
  </os>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
  </devices>
</domain>
`);
  });

  test("keeps foreign metadata and shows passwords only with permission", () => {
    const def = parse(
      guest(
        "<graphics type='vnc' passwd='secret'/>",
        `<metadata><a:x xmlns:a="urn:a" k='v'><a:y/>text</a:x></metadata>`,
      ),
    );
    expect(formatDomain(def)).toContain(`    <a:x xmlns:a="urn:a" k="v"><a:y/>text</a:x>\n`);
    expect(formatDomain(def)).not.toContain("secret");
    expect(formatDomain(def, { secure: true })).toContain(
      "<graphics type='vnc' port='-1' autoport='yes' passwd='secret'>",
    );
  });

  test("hands arguments through under any prefix", () => {
    const text = guest("").replace(
      "</domain>",
      "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-x'/></q:commandline></domain>",
    );
    expect(shown(text)).toContain(
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n",
    );
    expect(shown(text)).toContain(
      "  <qemu:commandline>\n    <qemu:arg value='-x'/>\n  </qemu:commandline>\n",
    );
  });

  test("is copied whole", () => {
    const def = parse(guest("<serial type='pty'/>"));
    const copy = domainDefCopy(def);
    copy.devices.serials.pop();
    expect(def.devices.serials).toHaveLength(1);
    expect(formatDomain(domainDefCopy(def))).toBe(formatDomain(def));
  });
});

test.each([
  [
    "disks of a bus by name",
    "<disk><source file='/x'/><target dev='vdb' bus='virtio'/></disk><disk><source file='/x'/><target dev='hda' bus='ide'/></disk><disk><source file='/x'/><target dev='vda' bus='virtio'/></disk>",
    ["vda", "vdb", "hda"],
  ],
  [
    "without a bus in one group",
    "<disk><source file='/x'/><target dev='sdb'/></disk><disk><source file='/x'/><target dev='vda'/></disk>",
    ["vda", "sdb"],
  ],
])("order: %s", (_what, devices, order) => {
  expect(parse(guest(devices)).devices.disks.map(({ target }) => target.dev)).toEqual(order);
});

test.each([
  ["hdc", { controller: 0, bus: 1, target: 0, unit: 0 }, "ide"],
  ["sdh", { controller: 1, bus: 0, target: 0, unit: 0 }, "scsi"],
])("drive %s finds its place and its controller", (dev, place, type) => {
  const { devices } = parse(guest(`<disk><source file='/x'/><target dev='${dev}'/></disk>`));
  expect(devices.disks[0]?.address).toEqual({ type: "drive", ...place });
  expect(devices.controllers.filter((each) => each.type === type).map(({ index }) => index)).toContain(
    place.controller,
  );
});

test.each([
  ["a serial port gets a console", "<serial type='pty'/>", 1, 1],
  ["a console becomes the serial port", "<console type='pty'/>", 1, 1],
  ["a virtio console stays alone", "<console type='pty'><target type='virtio'/></console>", 0, 1],
])("%s", (_what, text, serials, consoles) => {
  const { devices } = parse(guest(text));
  expect([devices.serials.length, devices.consoles.length]).toEqual([serials, consoles]);
});

test.each([
  [
    "<domain type='kvm'><name>a/b</name><os><type>hvm</type></os></domain>",
    "XML error: name a/b cannot contain '/'",
  ],
  ["<network/>", "XML error: expecting root element of 'domain', not 'network'"],
  [
    guest(
      "<disk><source file='/a'/><target dev='vda'/></disk><disk><source file='/b'/><target dev='vda'/></disk>",
    ),
    "XML error: target 'vda' duplicated for disk sources '/a' and '/b'",
  ],
  [guest("<interface type='network'/>"), "XML error: interface type='network' requires a 'source' element"],
  [
    guest("<controller type='pci' index='-1'/>"),
    "XML error: Invalid value for attribute 'index' in element 'controller': '-1'. Expected non-negative value",
  ],
  [
    guest("<sound model='ac97'><address type='pci' slot='0x20'/></sound>"),
    "XML error: Invalid PCI address slot='0x20', must be <= 0x1F",
  ],
  [guest("<serial type='file'/>"), "internal error: Missing source path attribute for char device"],
  [
    guest(
      "<disk><source file='/x'/><target dev='sda'/><address type='drive' controller='4000000000'/></disk>",
    ),
    "unsupported configuration: scsi controller index 4000000000 is out of range",
  ],
  [guest("", "<iothreads>4000000000</iothreads>"), "XML error: invalid iothreads count '4000000000'"],
  [guest("", "<vcpu>4000000000</vcpu>"), "XML error: invalid maximum number of vCPUs '4000000000'"],
])("refused: %.80s", (text, message) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ message }));
});

test("one device by itself", () => {
  const text =
    "<interface type='bridge'>\n  <mac address='52:54:00:00:00:01'/>\n  <source bridge='br0'/>\n</interface>\n";
  const each = parseDevice(text);
  expect(each.kind).toBe("interface");
  expect(formatDevice(each)).toBe(text);
  expect(() => parseDevice("<toaster/>")).toThrow("unknown device type 'toaster'");
});

test("names of a running guest's devices are left out of the inactive form unless the user gave them", () => {
  const read = (name: string, inactive: boolean) => {
    const { kind, device } = parseDevice(`<sound model='ac97'><alias name='${name}'/></sound>`, { inactive });
    return kind === "sound" ? device.alias : undefined;
  };
  expect(read("sound0", false)).toBe("sound0");
  expect(read("sound0", true)).toBeUndefined();
  expect(read("ua-mine", true)).toBe("ua-mine");
});

test("a device is added where it belongs, filled in, and taken out again", () => {
  const def = parse(guest("<disk><source file='/x'/><target dev='vdc' bus='virtio'/></disk>"));
  const disk = parseDevice("<disk><source file='/x'/><target dev='vda' bus='virtio'/></disk>");
  const net = parseDevice("<interface type='ethernet'/>");
  fillNewDevice(net, def, { newMac: () => "52:54:00:00:00:01" });
  insertDevice(def.devices, disk);
  insertDevice(def.devices, net);
  expect(def.devices.disks.map(({ target }) => target.dev)).toEqual(["vda", "vdc"]);
  expect(def.devices.interfaces.map(({ mac }) => mac?.address)).toEqual(["52:54:00:00:00:01"]);
  removeDevice(def.devices, disk);
  removeDevice(def.devices, net);
  expect(def.devices.disks.map(({ target }) => target.dev)).toEqual(["vdc"]);
  expect(def.devices.interfaces).toEqual([]);
});
