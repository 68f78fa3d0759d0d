import { expect, test } from "vitest";
import type { CapsFlag } from "../caps/flags.ts";
import { read, refusal } from "./testing.ts";

const file = (more: string, target = "dev='vda' bus='virtio'") =>
  `<disk type='file'><driver name='qemu' type='qcow2'${more}/><source file='/x'/><target ${target}/></disk>`;
const shared = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";
const folder = (driver: string) =>
  `<filesystem type='mount'><driver type='${driver}'/><source dir='/x'/><target dir='t'/></filesystem>`;
const iommu = (attrs: string) => `<iommu model='intel'><driver ${attrs}/></iommu>`;

test.each<[CapsFlag, beside: string, devices: string, message: string]>([
  ["vmgenid", "<genid/>", "", "this QEMU does not support the 'genid' capability"],
  [
    "vmcoreinfo",
    "<features><vmcoreinfo/></features>",
    "",
    "vmcoreinfo is not available with this QEMU binary",
  ],
  [
    "machine-vmport-opt",
    "<features><vmport state='on'/></features>",
    "",
    "vmport is not available with this QEMU binary",
  ],
  ["cpu-max", "<cpu mode='maximum'/>", "", "maximum CPU is not supported by QEMU binary"],
  [
    "cpu.migratable",
    "<cpu mode='host-passthrough' migratable='off'/>",
    "",
    "Migratable attribute for host-passthrough CPU is not supported by this QEMU binary",
  ],
  [
    "iothread.thread-pool-max",
    "<defaultiothread thread_pool_min='1'/>",
    "",
    "thread_pool_min and thread_pool_max is not supported by this QEMU binary",
  ],
  [
    "memory-backend-file.prealloc-threads",
    "<memoryBacking><allocation mode='immediate' threads='4'/></memoryBacking>",
    "",
    "preallocation threads are unsupported with this QEMU",
  ],
  ["aio.io_uring", "", file(" io='io_uring'"), "io uring is not supported by this QEMU binary"],
  [
    "virtio-blk.queue-size",
    "",
    file(" queue_size='128'"),
    "queue-size property isn't supported by this QEMU binary",
  ],
  [
    "qcow2-discard-no-unref",
    "",
    file(" discard='unmap' discard_no_unref='on'"),
    "'discard_no_unref' is not supported by this QEMU binary",
  ],
  ["usb-storage", "", file("", "dev='sda' bus='usb'"), "This QEMU doesn't support '-device usb-storage'"],
  [
    "rotation-rate",
    "",
    file("", "dev='sda' bus='scsi' rotation_rate='7200'"),
    "rotation rate is not supported with this QEMU",
  ],
  [
    "netdev.vhost-vdpa",
    "",
    "<interface type='vdpa'><source dev='/dev/x'/><model type='virtio'/></interface>",
    "vDPA devices are not supported with this QEMU binary",
  ],
  [
    "virtio-net.rss",
    "",
    "<interface type='user'><model type='virtio'/><driver rss='on'/></interface>",
    "virtio rss is not supported with this QEMU binary",
  ],
  [
    "lsi",
    "",
    "<controller type='scsi' model='lsilogic'/>",
    "This QEMU doesn't support the LSI 53C895A SCSI controller",
  ],
  ["ich9-ahci", "", "<controller type='sata'/>", "SATA is not supported with this QEMU binary"],
  ["vnc", "", "<graphics type='vnc'/>", "vnc graphics are not supported with this QEMU"],
  [
    "spice-gl",
    "",
    "<graphics type='spice'><gl enable='yes'/></graphics>",
    "This QEMU doesn't support spice OpenGL",
  ],
  [
    "bochs-display",
    "",
    "<video><model type='bochs'/></video>",
    "domain configuration does not support video model 'bochs'",
  ],
  [
    "intel-iommu",
    "",
    "<iommu model='intel'/>",
    "IOMMU device: 'intel' is not supported with this QEMU binary",
  ],
  [
    "intel-iommu.eim",
    "",
    iommu("intremap='on' eim='on'"),
    "iommu: eim is not supported with this QEMU binary",
  ],
  ["intel-iommu.aw-bits", "", iommu("aw_bits='48'"), "iommu: aw_bits is not supported with this QEMU binary"],
  ["vhost-user-fs", shared, folder("virtiofs"), "virtiofs is not supported with this QEMU binary"],
  ["usb-mtp", "", folder("mtp"), "mtp is not supported with this QEMU binary"],
  [
    "virtio-sound",
    "",
    "<sound model='virtio'/>",
    "virtio-sound controller is not supported in this QEMU binary",
  ],
  [
    "sgx-epc",
    "<maxMemory slots='4' unit='MiB'>4096</maxMemory><cpu><numa><cell id='0' cpus='0' memory='262144' unit='KiB'/></numa></cpu>",
    "<memory model='sgx-epc'><target><size unit='MiB'>16</size></target></memory>",
    "sgx epc isn't supported by this QEMU binary",
  ],
  [
    "virtio-balloon.free-page-reporting",
    "",
    "<memballoon model='virtio' freePageReporting='on'/>",
    "freePageReporting is not supported by this QEMU binary",
  ],
  [
    "rng-builtin",
    "",
    "<rng model='virtio'><backend model='builtin'/></rng>",
    "this qemu doesn't support the rng-builtin backend",
  ],
  ["ccid-emulated", "", "<smartcard mode='host'/>", "this QEMU binary lacks smartcard host mode support"],
  [
    "vhost-vsock",
    "",
    "<vsock><cid auto='yes'/></vsock>",
    "vsock device is not supported with this QEMU binary",
  ],
  ["usb-hub", "", "<hub type='usb'/>", "usb-hub not supported by QEMU binary"],
  ["pvpanic-pci", "", "<panic model='pvpanic'/>", "the QEMU binary does not support the PCI pvpanic device"],
  [
    "ivshmem-plain",
    "",
    "<shmem name='s'><model type='ivshmem-plain'/><size unit='MiB'>4</size></shmem>",
    "shmem model 'ivshmem-plain' is not supported by this QEMU binary",
  ],
  ["display-dbus", "", "<audio id='1' type='dbus'/>", "D-Bus audio is not supported with this QEMU"],
  [
    "acpi-erst",
    "<features><acpi/></features>",
    "<pstore backend='acpi-erst'><path>/x</path><size unit='KiB'>64</size></pstore>",
    "acpi-erst backend of pstore device is not supported",
  ],
])("without %s: %s %s", (flag, beside, devices, message) => {
  const sample = { machine: "q35", beside, devices };
  expect(() => read({ ...sample, lacking: [flag] })).toThrow(
    refusal(`unsupported configuration: ${message}`),
  );
  expect(() => read(sample)).not.toThrow();
});
