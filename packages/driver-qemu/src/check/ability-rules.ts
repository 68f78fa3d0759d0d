import type {
  Controller,
  Disk,
  DomainDef,
  Filesystem,
  Hostdev,
  Interface,
  Iommu,
  Memballoon,
  MemoryDevice,
  Rng,
  Smartcard,
  Sound,
  Video,
} from "@libvirt-ts/conf/domain";
import type { CapsFlag } from "../caps/flags.ts";
import { hasFlag, type QemuCaps } from "../caps/qemu-caps.ts";
import { type DeviceRule, forEach, type Rule } from "./rule.ts";

/** A QEMU without the flag cannot have what `uses` finds. */
type Ability<T> = readonly [
  flag: CapsFlag,
  uses: (device: T, def: DomainDef) => unknown,
  complaint: string | ((device: T) => string),
];

/** Refuses what needs an ability that the emulator lacks; abilities are looked at in their order. */
function needs<T>(...abilities: readonly Ability<T>[]): DeviceRule<T> {
  const lacking = new WeakMap<QemuCaps, typeof abilities>();
  return (device, def, { caps }) => {
    let lacked = lacking.get(caps);
    if (lacked === undefined) {
      lacked = abilities.filter(([flag]) => !hasFlag(caps, flag));
      lacking.set(caps, lacked);
    }
    const complaint = lacked.find(([, uses]) => uses(device, def))?.[2];
    return typeof complaint === "function" ? complaint(device) : complaint;
  };
}

const is =
  <T extends { model?: string | undefined }>(model: string) =>
  (device: T) =>
    device.model === model;

const guest = needs<DomainDef>(
  ["vmgenid", ({ genid }) => genid, "this QEMU does not support the 'genid' capability"],
  [
    "machine-vmport-opt",
    ({ features }) => features?.vmport !== undefined,
    "vmport is not available with this QEMU binary",
  ],
  ["vmcoreinfo", ({ features }) => features?.vmcoreinfo, "vmcoreinfo is not available with this QEMU binary"],
  [
    "run-with.async-teardown",
    ({ features }) => features?.asyncTeardown,
    "asynchronous teardown is not available with this QEMU binary",
  ],
  [
    "machine.virt.ras",
    ({ features }) => features?.ras !== undefined,
    "ras feature is not available with this QEMU binary",
  ],
  [
    "machine.virt.aia",
    ({ features }) => features?.aia !== undefined,
    "aia feature is not available with this QEMU binary",
  ],
  ["shim", ({ os }) => os.shim, "shim is not supported by this QEMU binary"],
  [
    "cpu.migratable",
    ({ cpu }) => cpu?.mode === "host-passthrough" && cpu.migratable !== undefined,
    "Migratable attribute for host-passthrough CPU is not supported by this QEMU binary",
  ],
  ["cpu-max", ({ cpu }) => cpu?.mode === "maximum", "maximum CPU is not supported by QEMU binary"],
  [
    "iothread.thread-pool-max",
    ({ defaultiothread, iothreadids }) =>
      [defaultiothread, ...(iothreadids?.iothreads ?? [])].some(
        (thread) => thread?.threadPoolMin !== undefined || thread?.threadPoolMax !== undefined,
      ),
    "thread_pool_min and thread_pool_max is not supported by this QEMU binary",
  ],
  [
    "cpu.kvm-no-adjvtime",
    ({ clock }) => clock.timers.some(({ name }) => name === "armvtimer"),
    "Configuring the 'armvtimer' timer is not supported with this QEMU binary",
  ],
  [
    "memory-backend-file.prealloc-threads",
    ({ memoryBacking }) => memoryBacking?.allocation?.threads,
    "preallocation threads are unsupported with this QEMU",
  ],
  [
    "memory-backend-memfd.hugetlb",
    ({ memoryBacking }) => memoryBacking?.hugepages && memoryBacking.source === "memfd",
    "hugepages is not supported with memfd memory source",
  ],
  [
    "numa.hmat",
    ({ cpu }) => cpu?.numa?.interconnects || cpu?.numa?.cells.some(({ caches }) => caches.length > 0),
    "HMAT is not supported with this QEMU",
  ],
  [
    "sev-guest-kernel-hashes",
    ({ launchSecurity }) =>
      launchSecurity && "kernelHashes" in launchSecurity && launchSecurity.kernelHashes !== undefined,
    "SEV measured direct kernel boot is not supported with this QEMU binary",
  ],
);

const disk = needs<Disk>(
  [
    "scsi-block",
    ({ device, target }) => device === "lun" && target.bus === "scsi",
    "This QEMU doesn't support scsi-block for lun passthrough",
  ],
  [
    "rotation-rate",
    ({ target }) => target.rotationRate !== undefined,
    "rotation rate is not supported with this QEMU",
  ],
  [
    "virtio-blk.queue-size",
    ({ driver }) => driver?.queueSize,
    "queue-size property isn't supported by this QEMU binary",
  ],
  ["usb-storage", ({ target }) => target.bus === "usb", "This QEMU doesn't support '-device usb-storage'"],
  [
    "aio.io_uring",
    ({ driver }) => driver?.io === "io_uring",
    "io uring is not supported by this QEMU binary",
  ],
  [
    "virtio-blk.iothread-mapping",
    ({ driver }) => driver?.iothreads,
    ({ target }) => `IOThread mapping for disk '${target.dev}' is not available with this QEMU binary`,
  ],
  [
    "set-action",
    ({ transient }, { onReboot }) => transient?.shareBacking && onReboot === "destroy",
    "transient disk backing image sharing with destroy action of lifecycle isn't supported by this QEMU binary",
  ],
  [
    "qcow2-discard-no-unref",
    ({ driver }) => driver?.discardNoUnref !== undefined,
    "'discard_no_unref' is not supported by this QEMU binary",
  ],
  [
    "vhost-user-blk",
    ({ type }) => type === "vhostuser",
    "vhostuser disk is not supported with this QEMU binary",
  ],
  [
    "virtio-blk-vhost-vdpa",
    ({ type }) => type === "vhostvdpa",
    "vhostvdpa disk is not supported with this QEMU binary",
  ],
);

const card = needs<Interface>(
  [
    "netdev.vhost-vdpa",
    ({ type }) => type === "vdpa",
    "vDPA devices are not supported with this QEMU binary",
  ],
  ["virtio-net.rss", ({ driver }) => driver?.rss, "virtio rss is not supported with this QEMU binary"],
  [
    "virtio-net.rss",
    ({ driver }) => driver?.rssHashReport,
    "virtio rss hash report is not supported with this QEMU binary",
  ],
);

const scsiModel = (model: string) => (device: Controller) => device.type === "scsi" && device.model === model;
const lacksScsi = (adapter: string) => `This QEMU doesn't support ${adapter} controller`;

const controller = needs<Controller>(
  ["lsi", scsiModel("lsilogic"), lacksScsi("the LSI 53C895A SCSI")],
  [
    "virtio-scsi.iothread-mapping",
    ({ driver }) => driver?.iothreads,
    "IOThread mapping for virtio-scsi controllers is not available with this QEMU binary",
  ],
  ["mptsas1068", scsiModel("lsisas1068"), lacksScsi("the LSI SAS1068 (MPT Fusion)")],
  ["megasas", scsiModel("lsisas1078"), lacksScsi("the LSI SAS1078 (MegaRAID)")],
  ["pvscsi", scsiModel("vmpvscsi"), lacksScsi("the pvscsi (VMware paravirtual SCSI)")],
  ["ncr53c90", scsiModel("ncr53c90"), lacksScsi("the NCR53C90 (ESP)")],
  ["dc390", scsiModel("dc390"), lacksScsi("the DC390 (ESP)")],
  ["am53c974", scsiModel("am53c974"), lacksScsi("the AM53C974 (ESP)")],
  ["ich9-ahci", ({ type }) => type === "sata", "SATA is not supported with this QEMU binary"],
);

const display = needs<DomainDef["devices"]["graphics"][number]>(
  ...(["sdl", "vnc", "spice", "egl-headless"] as const).map(
    (type): Ability<{ type: string }> => [
      type,
      (graphics) => graphics.type === type,
      `${type} graphics are not supported with this QEMU`,
    ],
  ),
  ["display-dbus", ({ type }) => type === "dbus", "dbus graphics are not supported with this QEMU"],
  [
    "spice-gl",
    (graphics) => graphics.type === "spice" && graphics.gl?.enable,
    "This QEMU doesn't support spice OpenGL",
  ],
  [
    "spice-rendernode",
    (graphics) => graphics.type === "spice" && graphics.gl?.enable && graphics.gl.rendernode,
    "This QEMU doesn't support spice OpenGL rendernode",
  ],
  [
    "egl-headless.rendernode",
    (graphics) => graphics.type === "egl-headless" && graphics.gl?.rendernode,
    "This QEMU doesn't support OpenGL rendernode with egl-headless graphics type",
  ],
  [
    "vnc-power-control",
    (graphics) => graphics.type === "vnc" && graphics.powerControl !== undefined,
    "VNC power control is not available",
  ],
);

const videoFlags: readonly (readonly [type: string, flag: CapsFlag])[] = [
  ["vga", "VGA"],
  ["cirrus", "cirrus-vga"],
  ["vmvga", "vmware-svga"],
  ["qxl", "qxl"],
  ["bochs", "bochs-display"],
  ["ramfb", "ramfb"],
];
const video = needs<Video>(
  ...videoFlags.map(
    ([type, flag]): Ability<Video> => [
      flag,
      ({ model }) => model?.type === type,
      `domain configuration does not support video model '${type}'`,
    ],
  ),
  [
    "vhost-user-gpu",
    ({ driver }) => driver?.name === "vhostuser",
    "this QEMU does not support 'vhost-user' video device",
  ],
  ["virtio-gpu.blob", ({ model }) => model?.blob, "this QEMU does not support 'blob' for virtio-gpu devices"],
);

const hostdev = needs<Hostdev>(
  [
    "usb-host.guest-resets-all",
    (device) => device.type === "usb" && device.source?.guestReset,
    "guestReset is not supported with this version of QEMU",
  ],
  [
    "vfio-pci",
    (device) => device.type === "pci" || (device.type === "mdev" && device.model === "vfio-pci"),
    "VFIO PCI device assignment is not supported by this version of qemu",
  ],
  ["vhost-scsi", (device) => device.type === "scsi_host", "This QEMU doesn't support vhost-scsi devices"],
);

const iommuLacks = (what: string) => `iommu: ${what} is not supported with this QEMU binary`;
const noIommu = ({ model }: Iommu) => `IOMMU device: '${model}' is not supported with this QEMU binary`;
const iommu = needs<Iommu>(
  ["intel-iommu", is("intel"), noIommu],
  ["machine.virt.iommu", is("smmuv3"), noIommu],
  ["virtio-iommu-pci", is("virtio"), noIommu],
  ["intel-iommu.intremap", ({ driver }) => driver?.intremap !== undefined, iommuLacks("interrupt remapping")],
  ["intel-iommu.caching-mode", ({ driver }) => driver?.cachingMode !== undefined, iommuLacks("caching mode")],
  ["intel-iommu.eim", ({ driver }) => driver?.eim !== undefined, iommuLacks("eim")],
  ["intel-iommu.device-iotlb", ({ driver }) => driver?.iotlb !== undefined, iommuLacks("device IOTLB")],
  ["intel-iommu.aw-bits", ({ driver }) => driver?.awBits, iommuLacks("aw_bits")],
  [
    "intel-iommu.dma-translation",
    ({ driver }) => driver?.dmaTranslation !== undefined,
    iommuLacks("updating dma translation"),
  ],
);

const filesystem = needs<Filesystem>(
  [
    "fsdev.multidevs",
    ({ multidevs }) => multidevs !== undefined && multidevs !== "default",
    "multidevs is not supported with this QEMU binary",
  ],
  [
    "vhost-user-fs",
    ({ driver }) => driver?.type === "virtiofs",
    "virtiofs is not supported with this QEMU binary",
  ],
  [
    "vhost-user-fs.bootindex",
    ({ driver, boot }) => driver?.type === "virtiofs" && boot,
    "setting virtiofs boot order is not supported with this QEMU binary",
  ],
  ["usb-mtp", ({ driver }) => driver?.type === "mtp", "mtp is not supported with this QEMU binary"],
);

const noSound = (name: string) => `${name} controller is not supported`;
const sound = needs<Sound>(
  ["usb-audio", is("usb"), `${noSound("usb-audio")} by this QEMU binary`],
  ["ich9-intel-hda", is("ich9"), `The ${noSound("ich9-intel-hda audio")} in this QEMU binary`],
  ["virtio-sound", is("virtio"), `${noSound("virtio-sound")} in this QEMU binary`],
);

const lacks = (what: string) => `${what} isn't supported by this QEMU binary`;
const memory = needs<MemoryDevice>(
  ["pc-dimm", is("dimm"), lacks("memory hotplug")],
  ["nvdimm", is("nvdimm"), lacks("nvdimm")],
  [
    "nvdimm.unarmed",
    (device) => device.model === "nvdimm" && device.target?.readonly,
    "nvdimm readonly property is not available with this QEMU binary",
  ],
  ["virtio-pmem-pci", is("virtio-pmem"), lacks("virtio-pmem")],
  ["sgx-epc", is("sgx-epc"), lacks("sgx epc")],
);

const balloon = needs<Memballoon>(
  [
    "virtio-balloon-pci.deflate-on-oom",
    ({ autodeflate }) => autodeflate !== undefined,
    "deflate-on-oom is not supported by this QEMU binary",
  ],
  [
    "virtio-balloon.free-page-reporting",
    ({ freePageReporting }) => freePageReporting !== undefined,
    "freePageReporting is not supported by this QEMU binary",
  ],
);

const rngLacks = (backend: string) => `this qemu doesn't support the rng-${backend} backend`;
const rng = needs<Rng>(
  ["rng-random", ({ backend }) => backend.model === "random", rngLacks("random")],
  ["rng-egd", ({ backend }) => backend.model === "egd", rngLacks("egd")],
  ["rng-builtin", ({ backend }) => backend.model === "builtin", rngLacks("builtin")],
);

const smartcard = needs<Smartcard>(
  [
    "ccid-emulated",
    ({ mode }) => mode !== "passthrough",
    "this QEMU binary lacks smartcard host mode support",
  ],
  [
    "ccid-passthru",
    ({ mode }) => mode === "passthrough",
    "this QEMU binary lacks smartcard passthrough mode support",
  ],
);

/** What depends on how the emulator was built, and when. */
export const abilityRules: readonly Rule[] = [
  (def, context) => guest(def, def, context),
  forEach((def) => def.devices.disks, disk),
  forEach((def) => def.devices.interfaces, card),
  forEach((def) => def.devices.controllers, controller),
  forEach((def) => def.devices.graphics, display),
  forEach((def) => def.devices.videos, video),
  forEach((def) => def.devices.hostdevs, hostdev),
  forEach((def) => def.devices.iommus, iommu),
  forEach((def) => def.devices.filesystems, filesystem),
  forEach((def) => def.devices.sounds, sound),
  forEach((def) => def.devices.memories, memory),
  forEach((def) => (def.devices.memballoon ? [def.devices.memballoon] : []), balloon),
  forEach((def) => def.devices.rngs, rng),
  forEach((def) => def.devices.smartcards, smartcard),
  forEach(
    (def) => (def.devices.vsock ? [def.devices.vsock] : []),
    needs<object>(["vhost-vsock", () => true, "vsock device is not supported with this QEMU binary"]),
  ),
  forEach(
    (def) => def.devices.hubs,
    needs<object>(["usb-hub", () => true, "usb-hub not supported by QEMU binary"]),
  ),
  forEach(
    (def) => def.devices.redirdevs,
    needs<object>(["usb-redir", () => true, "USB redirection is not supported by this version of QEMU"]),
  ),
  forEach(
    (def) => def.devices.panics,
    needs<{ model?: string | undefined }>(
      ["pvpanic", is("isa"), "the QEMU binary does not support the ISA panic device"],
      ["pvpanic-pci", is("pvpanic"), "the QEMU binary does not support the PCI pvpanic device"],
    ),
  ),
  forEach(
    (def) => def.devices.shmems,
    needs<{ model?: string | undefined }>(
      ["ivshmem-plain", is("ivshmem-plain"), lacksShmem],
      ["ivshmem-doorbell", is("ivshmem-doorbell"), lacksShmem],
    ),
  ),
  forEach(
    (def) => def.devices.audios,
    needs<{ type?: string | undefined }>([
      "display-dbus",
      ({ type }) => type === "dbus",
      "D-Bus audio is not supported with this QEMU",
    ]),
  ),
  forEach(
    (def) => def.devices.cryptos,
    needs<object>(["virtio-crypto", () => true, "crypto model virtio is not supported"]),
  ),
  ({ devices: { pstore } }, { caps }) =>
    pstore && !hasFlag(caps, "acpi-erst") ? "acpi-erst backend of pstore device is not supported" : undefined,
];

function lacksShmem({ model }: { model?: string | undefined }): string {
  return `shmem model '${model}' is not supported by this QEMU binary`;
}
