import { expect, test } from "vitest";
import { parseDomain } from "../index.ts";
import { diskIndex, diskPrefix, hasPartition } from "./disk-name.ts";

test.each([
  ["vda", 0, "vd", false],
  ["sdz", 25, "sd", false],
  ["sdaa", 26, "sd", false],
  ["vdb01", 1, "vd", true],
  ["/dev/hdc", undefined, undefined, false],
  ["vd", undefined, undefined, false],
  ["vdA", undefined, undefined, false],
  ["hda ", undefined, undefined, false],
  ["xvdb3", 1, "xvd", true],
  ["fda", 0, "fd", false],
  ["nonsense", undefined, undefined, false],
])("disk %s", (name, index, prefix, partition) => {
  expect(diskIndex(name)).toBe(index);
  expect(diskPrefix(name)).toBe(prefix);
  expect(hasPartition(name)).toBe(partition);
});

const parse = (devices: string, head = "<memory>1024</memory>") =>
  parseDomain(
    `<domain type='test'><name>g</name>${head}<os><type>hvm</type></os><devices>${devices}</devices></domain>`,
  );

test.each([
  ["scsi", "the lowest free number", ["", "index='0'", ""], [1, 0, 2]],
  ["scsi", "in order of numbers", ["index='2'", "index='1'"], [1, 2]],
  ["scsi", "none: they go behind the others", ["index='3'", "", "", "index='1'", ""], [1, 3, 0, 2, 4]],
  ["usb", "none, one of USB 2", ["index='2'", "model='ich9-ehci1'"], [0, 2]],
  ["usb", "none, one of USB 2 first", ["model='ich9-ehci1'", "index='2'", ""], [0, 2, 1]],
])("%s controllers get %s", (type, _what, attrs, numbers) => {
  const { devices } = parse(attrs.map((each) => `<controller type='${type}' ${each}/>`).join(""));
  expect(devices.controllers.map(({ index }) => index)).toEqual(numbers);
});

test("USB 2 companions share a number until a model repeats", () => {
  const models = ["ehci1", "uhci1", "uhci2", "ehci1", "uhci1"];
  const { devices } = parse(models.map((model) => `<controller type='usb' model='ich9-${model}'/>`).join(""));
  expect(devices.controllers.map(({ index, masterStartPort }) => [index, masterStartPort])).toEqual([
    [0, undefined],
    [0, 0],
    [0, 2],
    [1, undefined],
    [1, 0],
  ]);
});

test.each([
  ["<memory unit='GiB'>1</memory><currentMemory unit='MiB'>4096</currentMemory>", 1048576, 1048576],
  ["<memory>1000</memory><currentMemory>500</currentMemory>", 1000, 500],
  ["<memory unit='b'>1025</memory>", 2, 2],
  ["<cpu><numa><cell memory='100'/><cell memory='200'/></numa></cpu>", 300, 300],
])("memory %s", (head, total, current) => {
  const def = parse("", head);
  expect([def.memoryKiB, def.currentMemoryKiB]).toEqual([total, current]);
});

test.each([
  ["", "XML error: Memory size must be specified via <memory> or in the <numa> configuration"],
  ["<memory unit='x'>1</memory>", "invalid argument: unknown suffix 'x'"],
  ["<memory>x</memory>", "XML error: Invalid value 'x' for element or attribute './memory[1]'"],
])("memory %j is refused", (head, message) => {
  expect(() => parse("", head)).toThrow(expect.objectContaining({ message }));
});

test.each([
  ["<iothreads>3</iothreads><iothreadids><iothread id='5'/><iothread id='2'/></iothreadids>", [5, 2, 1]],
  ["<iothreads>1</iothreads><iothreadids><iothread id='5'/><iothread id='2'/></iothreadids>", [5, 2]],
])("I/O threads %s", (head, ids) => {
  const def = parse("", `<memory>1</memory>${head}`);
  expect(def.iothreadids?.iothreads.map(({ id }) => id)).toEqual(ids);
  expect(def.iothreads).toBe(ids.length);
});

test("serial ports keep their numbers, others fill the gaps", () => {
  const { devices } = parse(
    "<serial type='pty'/><serial type='pty'><target port='0'/></serial><serial type='pty'><target port='0'/></serial>",
  );
  expect(devices.serials.map(({ target }) => target?.port)).toEqual([1, 0, 0]);
});

test.each([
  ["x86_64", "<input type='mouse'/>", "ps2"],
  ["x86_64", "<input type='keyboard'/>", "ps2"],
  ["x86_64", "<input type='tablet'/>", "usb"],
  ["x86_64", "<input type='tablet' bus='virtio'/>", "virtio"],
  ["x86_64", "<input type='passthrough'><source evdev='/dev/input/event1'/></input>", "virtio"],
  ["x86_64", "<input type='evdev'><source dev='/dev/input/event1'/></input>", undefined],
  ["aarch64", "<input type='mouse'/>", "usb"],
  ["s390x", "<input type='keyboard'/>", "virtio"],
])("on %s: %s is plugged into %s", (arch, device, bus) => {
  const { devices } = parseDomain(
    `<domain type='qemu'><name>g</name><memory>1024</memory><os><type arch='${arch}'>hvm</type></os><devices>${device}</devices></domain>`,
  );
  expect(devices.inputs[0]?.bus).toBe(bus);
});
