import { output, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Devices, devicesOf, type LiveGuest, statedImages, statedPlaces } from "./support/device-tree.ts";

let world: World;
let devices: Devices;

beforeAll(async () => {
  world = await World.create({ daemons: ["virtqemud"], qemuConf: 'stdio_handler = "file"\n' });
  for (const name of ["a", "b", "c"]) world.file(`${name}.raw`, new Uint8Array(1 << 20));
  await output(["qemu-img", "create", "-q", "-f", "qcow2", `${world.prefix}/images/base.qcow2`, "1M"]);
  const overlay = ["-b", "base.qcow2", "-F", "qcow2", `${world.prefix}/images/over.qcow2`];
  await output(["qemu-img", "create", "-q", "-f", "qcow2", ...overlay]);
  await world.output(["ip", "link", "add", "br0", "type", "bridge"]);
  devices = await Devices.open(world.socket("virtqemud"));
});
afterAll(async () => {
  devices?.close();
  await world?.close();
});

interface Row {
  /** XML inside of `<devices>`; `IMAGES` stands for the folder of the images. */
  devices?: string;
  /** XML beside `<devices>`. */
  more?: string;
  os?: string;
  machine?: "pc" | "q35";
  vcpus?: string;
  memory?: string;
  /** What QEMU must have made of some of them: types by alias. */
  types: Readonly<Record<string, string>>;
}

const disk = (target: string, bus: string, more = "", device = "disk") =>
  `<disk type='file' device='${device}'><driver name='qemu' type='raw'/><source file='IMAGES/a.raw'/>
    <target dev='${target}' bus='${bus}'/>${more}</disk>`;
const controller = (type: string, more: string, index = 0) =>
  `<controller type='${type}' index='${index}' ${more}/>`;
const nic = (model: string) =>
  `<interface type='user'><mac address='52:54:00:00:00:01'/><model type='${model}'/></interface>`;
const chardev = (tag: string, target: string, source = "type='pty'", inner = "") =>
  `<${tag} ${source}>${inner}<target ${target}/></${tag}>`;

const rows: Record<string, Row> = {
  "disk: virtio": { devices: disk("vda", "virtio"), types: { "virtio-disk0": "virtio-blk-pci" } },
  "disk: ide": { devices: disk("hda", "ide"), types: { "ide0-0-0": "ide-hd" } },
  "disk: sata": {
    devices: disk("sdb", "sata"),
    machine: "q35",
    types: { "sata0-0-1": "ide-hd" },
  },
  "disk: sata on an added controller": {
    devices: disk("sda", "sata"),
    types: { "sata0-0-0": "ide-hd", sata0: "ich9-ahci" },
  },
  "disk: scsi on virtio-scsi": {
    devices: controller("scsi", "model='virtio-scsi'") + disk("sdc", "scsi", "<serial>XYZ</serial>"),
    types: { scsi0: "virtio-scsi-pci", "scsi0-0-0-2": "scsi-hd" },
  },
  "disk: scsi on lsilogic": {
    devices: controller("scsi", "model='lsilogic'") + disk("sda", "scsi"),
    types: { scsi0: "lsi53c895a", "scsi0-0-0": "scsi-hd" },
  },
  "scsi controllers": {
    devices: [
      "virtio-transitional",
      "virtio-non-transitional",
      "lsisas1068",
      "lsisas1078",
      "vmpvscsi",
      "am53c974",
      "dc390",
    ]
      .map((model, index) => controller("scsi", `model='${model}'`, index))
      .join(""),
    types: {
      scsi0: "virtio-scsi-pci-transitional",
      scsi1: "virtio-scsi-pci-non-transitional",
      scsi2: "mptsas1068",
      scsi3: "megasas",
      scsi4: "pvscsi",
      scsi5: "am53c974",
      scsi6: "dc390",
    },
  },
  "older usb controllers": {
    devices: controller("usb", "model='piix3-uhci'") + controller("usb", "model='piix4-uhci'", 1),
    types: { usb: "piix3-usb-uhci", usb1: "piix4-usb-uhci" },
  },
  "disk: usb": {
    devices: disk("sda", "usb"),
    types: { "usb-disk0": "usb-storage" },
  },
  "disk: floppy": { devices: disk("fda", "fdc", "", "floppy"), types: { "fdc0-0-0": "floppy" } },
  "disk: CD-ROMs, one of them empty": {
    devices:
      disk("hda", "ide", "<readonly/>", "cdrom") +
      "<disk type='file' device='cdrom'><target dev='hdb' bus='ide'/></disk>",
    types: { "ide0-0-0": "ide-cd", "ide0-0-1": "ide-cd" },
  },
  "disk: qcow2 over qcow2, with all the tuning there is": {
    devices: `<disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none' io='threads' discard='unmap' detect_zeroes='unmap' queues='2'
        error_policy='stop' rerror_policy='report' iothread='1' copy_on_read='on'/>
      <source file='IMAGES/over.qcow2'/><target dev='vdb' bus='virtio'/>
      <blockio logical_block_size='512' physical_block_size='4096'/><serial>S3</serial></disk>`,
    more: "<iothreads>1</iothreads>",
    types: { "virtio-disk1": "virtio-blk-pci" },
  },
  "network cards": {
    devices: [
      "virtio",
      "virtio-transitional",
      "virtio-non-transitional",
      "e1000",
      "e1000e",
      "rtl8139",
      "ne2k_pci",
      "pcnet",
      "vmxnet3",
    ]
      .map(nic)
      .join(""),
    types: {
      net0: "virtio-net-pci",
      net1: "virtio-net-pci-transitional",
      net2: "virtio-net-pci-non-transitional",
      net3: "e1000",
      net4: "e1000e",
      net5: "rtl8139",
      net6: "ne2k_pci",
      net7: "pcnet",
      net8: "vmxnet3",
    },
  },
  "network card on a bridge, with several queues": {
    devices: `<interface type='bridge'><source bridge='br0'/><model type='virtio'/><driver queues='2'/><mtu size='1400'/></interface>`,
    types: { net0: "virtio-net-pci" },
  },
  "pci controllers of q35": {
    machine: "q35",
    devices:
      controller("pci", "model='pcie-root-port'", 1) +
      controller("pci", "model='pcie-to-pci-bridge'", 2) +
      controller("pci", "model='pci-bridge'", 3) +
      controller("pci", "model='pcie-root-port'", 4) +
      controller("pci", "model='pcie-switch-upstream-port'", 5) +
      controller("pci", "model='pcie-switch-downstream-port'", 6) +
      controller("pci", "model='pcie-expander-bus'", 7),
    types: {
      "pci.1": "pcie-root-port",
      "pci.2": "pcie-pci-bridge",
      "pci.3": "pci-bridge",
      "pci.4": "pcie-root-port",
      "pci.5": "x3130-upstream",
      "pci.6": "xio3130-downstream",
      "pci.7": "pxb-pcie",
    },
  },
  "usb controllers": {
    devices:
      controller("usb", "model='ich9-ehci1'") +
      controller("usb", "model='ich9-uhci1'") +
      controller("usb", "model='ich9-uhci2'") +
      controller("usb", "model='qemu-xhci' ports='8'", 1) +
      controller("usb", "model='nec-xhci'", 2) +
      controller("usb", "model='pci-ohci'", 3),
    types: {
      usb: "ich9-usb-ehci1",
      usb1: "qemu-xhci",
      usb2: "nec-usb-xhci",
      usb3: "pci-ohci",
    },
  },
  "usb devices, more than the first controller has ports": {
    devices:
      "<input type='tablet' bus='usb'/><input type='mouse' bus='usb'/><input type='keyboard' bus='usb'/><hub type='usb'/>" +
      chardev("redirdev", "", "bus='usb' type='pty'").replace("<target />", ""),
    types: {
      input0: "usb-tablet",
      input1: "usb-mouse",
      input2: "usb-kbd",
      hub0: "usb-hub",
      redir0: "usb-redir",
    },
  },
  "input on virtio": {
    machine: "q35",
    devices: ["tablet", "mouse", "keyboard"].map((type) => `<input type='${type}' bus='virtio'/>`).join(""),
    types: { input0: "virtio-tablet-pci", input1: "virtio-mouse-pci", input2: "virtio-keyboard-pci" },
  },
  "video and vnc": {
    devices: `<graphics type='vnc' autoport='yes' websocket='-1'/>
      <video><model type='qxl' vram='16384' heads='1'/></video><video><model type='qxl'/></video>`,
    types: { video0: "qxl-vga", video1: "qxl" },
  },
  ...Object.fromEntries(
    Object.entries({
      vga: "VGA",
      cirrus: "cirrus-vga",
      vmvga: "vmware-svga",
      bochs: "bochs-display",
      virtio: "virtio-vga",
      ramfb: "ramfb",
    }).map(([model, type]) => [
      `video: ${model}`,
      {
        machine: "q35",
        devices: `<graphics type='vnc'/><video><model type='${model}'/></video>`,
        types: { video0: type },
      },
    ]),
  ),
  spice: {
    devices: `<graphics type='spice' autoport='yes'><image compression='auto_glz'/></graphics>
      ${chardev("channel", "type='virtio' name='com.redhat.spice.0'", "type='spicevmc'")}
      <redirdev bus='usb' type='spicevmc'/><sound model='ich6'/>
      <video><model type='qxl'/></video>`,
    types: { video0: "qxl-vga", channel0: "virtserialport", redir0: "usb-redir" },
  },
  "vnc on a socket": { devices: "<graphics type='vnc'><listen type='socket'/></graphics>", types: {} },
  sound: {
    devices: ["ich6", "ich9", "ac97", "es1370", "sb16", "usb"]
      .map((model) => `<sound model='${model}'/>`)
      .join(""),
    types: {
      sound0: "intel-hda",
      sound1: "ich9-intel-hda",
      sound2: "AC97",
      sound3: "ES1370",
      sound4: "sb16",
      sound5: "usb-audio",
    },
  },
  "serial ports and consoles": {
    devices:
      chardev("serial", "port='1'", "type='file'", "<source path='IMAGES/serial.log'/>") +
      chardev("serial", "port='2'", "type='unix'", "<source mode='bind' path='IMAGES/serial.sock'/>") +
      chardev("serial", "port='3'", "type='tcp'", "<source mode='bind' host='127.0.0.1' service='45454'/>") +
      chardev("serial", "type='pci-serial' port='4'", "type='null'") +
      chardev("serial", "type='usb-serial' port='5'", "type='null'") +
      chardev("parallel", "port='0'", "type='file'", "<source path='IMAGES/parallel.log'/>") +
      chardev("console", "type='virtio' port='1'"),
    types: {
      serial0: "isa-serial",
      serial1: "isa-serial",
      serial2: "isa-serial",
      serial3: "pci-serial",
      serial4: "usb-serial",
      parallel0: "isa-parallel",
      console1: "virtconsole",
    },
  },
  channels: {
    devices:
      chardev("channel", "type='virtio' name='org.qemu.guest_agent.0'", "type='unix'") +
      chardev(
        "channel",
        "type='virtio' name='com.example.0'",
        "type='unix'",
        "<source mode='bind' path='IMAGES/channel.sock'/>",
      ) +
      chardev("channel", "type='virtio' name='com.example.1'"),
    types: { channel0: "virtserialport", channel1: "virtserialport", "virtio-serial0": "virtio-serial-pci" },
  },
  "balloon, rng, watchdog, panic, vmcoreinfo": {
    devices: `<memballoon model='virtio-non-transitional'/>
      <rng model='virtio'><backend model='random'>/dev/urandom</backend><rate bytes='1000' period='1000'/></rng>
      <rng model='virtio'><backend model='builtin'/></rng>
      <watchdog model='i6300esb' action='pause'/><watchdog model='ib700' action='pause'/>
      <panic model='isa'/>`,
    more: "<features><acpi/><vmcoreinfo state='on'/></features>",
    types: {
      balloon0: "virtio-balloon-pci-non-transitional",
      rng0: "virtio-rng-pci",
      rng1: "virtio-rng-pci",
      watchdog0: "i6300esb",
      watchdog1: "ib700",
    },
  },
  "watchdog and pvpanic of q35": {
    machine: "q35",
    devices: "<watchdog model='itco' action='reset'/><panic model='pvpanic'/>",
    types: {},
  },
  "memory: modules, virtio-mem, numa": {
    more: `<maxMemory slots='4' unit='MiB'>1024</maxMemory>
      <cpu><numa><cell id='0' cpus='0-1' memory='64' unit='MiB'/><cell id='1' cpus='2-3' memory='64' unit='MiB'/></numa></cpu>`,
    memory: "128",
    vcpus: "4",
    devices: `<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>
      <memory model='virtio-mem'><target><size unit='MiB'>128</size><node>1</node><block unit='MiB'>2</block>
        <requested unit='MiB'>64</requested></target></memory>`,
    types: { dimm0: "pc-dimm", virtiomem0: "virtio-mem-pci" },
  },
  "memory in files and shared": {
    more: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
    types: {},
  },
  "shmem, crypto, iommu": {
    machine: "q35",
    devices: `<shmem name='shm0'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>
      <crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/></crypto>
      <iommu model='intel'><driver intremap='on'/></iommu>`,
    more: "<features><acpi/><ioapic driver='qemu'/></features>",
    types: { shmem0: "ivshmem-plain", crypto0: "virtio-crypto-pci" },
  },
  "virtio iommu": {
    machine: "q35",
    devices: "<iommu model='virtio'/>",
    types: { iommu0: "virtio-iommu-pci" },
  },
  "9p file systems": {
    devices: `<filesystem type='mount' accessmode='mapped'><source dir='IMAGES'/><target dir='share'/></filesystem>
      <filesystem type='mount' accessmode='passthrough'><source dir='IMAGES'/><target dir='share2'/><readonly/></filesystem>`,
    types: { fs0: "virtio-9p-pci", fs1: "virtio-9p-pci" },
  },
  smartcard: {
    devices: "<smartcard mode='passthrough' type='pty'/>",
    types: { ccid0: "usb-ccid", smartcard0: "ccid-card-passthru" },
  },
  "cpus: a named model, sockets, features": {
    vcpus: "4",
    more: `<cpu mode='custom' match='exact'><model>Nehalem</model>
      <topology sockets='1' dies='1' cores='2' threads='2'/><feature policy='disable' name='sse4.2'/></cpu>`,
    types: {},
  },
  "cpus: the host's model": { more: "<cpu mode='host-model'/>", types: {} },
  "cpus: all that can be": { more: "<cpu mode='maximum'/>", types: {} },
  "clock and timers": {
    more: `<clock offset='variable' adjustment='3600' basis='utc'><timer name='rtc' tickpolicy='catchup' track='guest'/>
      <timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>`,
    types: {},
  },
  "sysinfo, genid, boot menu": {
    os: "<boot dev='network'/><boot dev='hd'/><bootmenu enable='yes' timeout='3000'/><smbios mode='sysinfo'/>",
    more: `<genid/><sysinfo type='smbios'><bios><entry name='vendor'>Us</entry></bios>
      <system><entry name='manufacturer'>We</entry></system></sysinfo>`,
    types: {},
  },
};

function guestXml(row: Row): string {
  const { machine = "pc", more = "", os = "", vcpus = "1", memory = "64" } = row;
  return `<domain type='qemu'><name>row</name><memory unit='MiB'>${memory}</memory><vcpu>${vcpus}</vcpu>
    <os><type arch='x86_64' machine='${machine}'>hvm</type>${os}</os>
    ${more.includes("<features>") ? "" : "<features><acpi/></features>"}${more}
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>${row.devices ?? ""}</devices></domain>`.replaceAll(
    "IMAGES",
    `${world.prefix}/images`,
  );
}

/** What QEMU has is what the live definition says. */
async function compare(guest: LiveGuest): Promise<Map<string, string>> {
  const [peripherals, pci, images, chardevs] = await Promise.all([
    guest.peripherals(),
    guest.pciPlaces(),
    guest.images(),
    guest.chardevs(),
  ]);
  const stated = devicesOf(guest.xml);
  const unknown = [...peripherals.keys()].filter((id) => !stated.has(id) && !isPartOf(id, stated));
  expect(unknown, "devices of QEMU that the definition does not show").toEqual([]);
  for (const [alias, place] of statedPlaces(guest.xml))
    if (pci.has(alias)) expect(`${alias} ${pci.get(alias)}`).toBe(`${alias} ${place}`);
  for (const [alias, image] of statedImages(guest.xml)) {
    expect([...images.keys()], `disk ${alias}`).toContain(alias);
    if (!image?.includes("over")) expect(images.get(alias)).toBe(image);
  }
  for (const [alias, { name }] of stated)
    if (["serial", "parallel", "channel", "console"].includes(name))
      expect(chardevs).toContain(`char${alias}`);
  return peripherals;
}

/** A sound card's codecs have ids of their own; so does what tells the guest its generation. */
const isPartOf = (id: string, stated: ReadonlyMap<string, unknown>): boolean =>
  id === "vmgenid0" || [...stated.keys()].some((alias) => id.startsWith(`${alias}-`));

const refusals: Record<string, [row: Row, words: string]> = {
  "vsock on a host without it": [
    { devices: "<vsock model='virtio'><cid auto='no' address='7'/></vsock>", types: {} },
    "vhost-vsock",
  ],
  "huge pages nobody mounted": [
    { more: "<memoryBacking><hugepages/></memoryBacking>", types: {} },
    "hugetlbfs",
  ],
  "an image that is not there": [
    { devices: disk("vda", "virtio").replace("a.raw", "none.raw"), types: {} },
    "none.raw': No such file or directory",
  ],
};

test.each(Object.entries(refusals))("refused: %s", async (_name, [row, words]) => {
  const start = devices.look(guestXml(row), async () => "it has started");
  await expect(start).rejects.toThrow(words);
});

test.each(Object.entries(rows))("%s", async (_name, row) => {
  await devices.look(guestXml(row), async (guest) => {
    const peripherals = await compare(guest);
    const made = Object.fromEntries(Object.keys(row.types).map((alias) => [alias, peripherals.get(alias)]));
    expect(made).toEqual(row.types);
  });
});
