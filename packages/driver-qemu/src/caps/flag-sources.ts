import type { CapsFlag } from "./flags.ts";

/** QOM type → flag. */
export const typeFlags: readonly (readonly [type: string, flag: CapsFlag])[] = [
  ["hda-duplex", "hda-duplex"],
  ["hda-micro", "hda-micro"],
  ["hda-output", "hda-output"],
  ["ccid-card-emulated", "ccid-emulated"],
  ["ccid-card-passthru", "ccid-passthru"],
  ["piix3-usb-uhci", "piix3-usb-uhci"],
  ["piix4-usb-uhci", "piix4-usb-uhci"],
  ["usb-ehci", "usb-ehci"],
  ["ich9-usb-ehci1", "ich9-usb-ehci1"],
  ["vt82c686b-usb-uhci", "vt82c686b-usb-uhci"],
  ["pci-ohci", "pci-ohci"],
  ["nec-usb-xhci", "nec-usb-xhci"],
  ["qemu-xhci", "qemu-xhci"],
  ["usb-redir", "usb-redir"],
  ["usb-hub", "usb-hub"],
  ["usb-kbd", "usb-kbd"],
  ["usb-audio", "usb-audio"],
  ["usb-serial", "usb-serial"],
  ["usb-storage", "usb-storage"],
  ["usb-mtp", "usb-mtp"],
  ["ich9-ahci", "ich9-ahci"],
  ["ich9-intel-hda", "ich9-intel-hda"],
  ["lsi53c895a", "lsi"],
  ["virtio-scsi-pci", "virtio-scsi-pci"],
  ["scsi-block", "scsi-block"],
  ["megasas", "megasas"],
  ["mptsas1068", "mptsas1068"],
  ["pvscsi", "pvscsi"],
  ["dc390", "dc390"],
  ["am53c974", "am53c974"],
  ["sclpconsole", "s390-sclp"],
  ["sclplmconsole", "sclplmconsole"],
  ["virtual-css-bridge", "virtio-ccw"],
  ["qxl", "qxl"],
  ["VGA", "VGA"],
  ["cirrus-vga", "cirrus-vga"],
  ["vmware-svga", "vmware-svga"],
  ["bochs-display", "bochs-display"],
  ["ramfb", "ramfb"],
  ["virtio-vga", "virtio-vga"],
  ["virtio-vga-gl", "virtio-vga-gl"],
  ["virtio-gpu-pci", "virtio-gpu"],
  ["virtio-gpu-device", "virtio-gpu"],
  ["virtio-gpu-ccw", "virtio-gpu-ccw"],
  ["virtio-gpu-gl-pci", "virtio-gpu-gl-pci"],
  ["vhost-user-gpu", "vhost-user-gpu"],
  ["vhost-user-vga", "vhost-user-vga"],
  ["virtio-rng-pci", "virtio-rng"],
  ["virtio-rng-ccw", "virtio-rng"],
  ["virtio-rng-device", "virtio-rng"],
  ["rng-random", "rng-random"],
  ["rng-egd", "rng-egd"],
  ["rng-builtin", "rng-builtin"],
  ["spapr-nvram", "nvram"],
  ["spapr-vty", "spapr-vty"],
  ["spapr-pci-host-bridge", "spapr-pci-host-bridge"],
  ["spapr-tpm-proxy", "spapr-tpm-proxy"],
  ["pci-bridge", "pci-bridge"],
  ["i82801b11-bridge", "dmi-to-pci-bridge"],
  ["ioh3420", "ioh3420"],
  ["pcie-root-port", "pcie-root-port"],
  ["pcie-pci-bridge", "pcie-pci-bridge"],
  ["x3130-upstream", "x3130-upstream"],
  ["xio3130-downstream", "xio3130-downstream"],
  ["pxb", "pxb"],
  ["pxb-pcie", "pxb-pcie"],
  ["vfio-pci", "vfio-pci"],
  ["vfio-ccw", "vfio-ccw"],
  ["vfio-ap", "vfio-ap"],
  ["zpci", "zpci"],
  ["virtio-mmio", "virtio-mmio"],
  ["pvpanic", "pvpanic"],
  ["pvpanic-pci", "pvpanic-pci"],
  ["pc-dimm", "pc-dimm"],
  ["nvdimm", "nvdimm"],
  ["virtio-pmem-pci", "virtio-pmem-pci"],
  ["virtio-mem-pci", "virtio-mem-pci"],
  ["virtio-mem-ccw", "virtio-mem-ccw"],
  ["pci-serial", "pci-serial"],
  ["isa-serial", "isa-serial"],
  ["pl011", "pl011"],
  ["rtl8139", "rtl8139"],
  ["e1000", "e1000"],
  ["virtio-net-pci", "virtio-net"],
  ["virtio-net-ccw", "virtio-net"],
  ["virtio-net-device", "virtio-net"],
  ["virtio-keyboard-pci", "virtio-keyboard"],
  ["virtio-keyboard-device", "virtio-keyboard"],
  ["virtio-keyboard-ccw", "virtio-keyboard-ccw"],
  ["virtio-mouse-pci", "virtio-mouse"],
  ["virtio-mouse-device", "virtio-mouse"],
  ["virtio-mouse-ccw", "virtio-mouse-ccw"],
  ["virtio-tablet-pci", "virtio-tablet"],
  ["virtio-tablet-device", "virtio-tablet"],
  ["virtio-tablet-ccw", "virtio-tablet-ccw"],
  ["virtio-input-host-pci", "virtio-input-host"],
  ["virtio-input-host-device", "virtio-input-host"],
  ["input-linux", "input-linux"],
  ["intel-iommu", "intel-iommu"],
  ["virtio-iommu-pci", "virtio-iommu-pci"],
  ["ivshmem-plain", "ivshmem-plain"],
  ["ivshmem-doorbell", "ivshmem-doorbell"],
  ["vhost-scsi", "vhost-scsi"],
  ["vhost-user-blk", "vhost-user-blk"],
  ["vhost-user-fs-device", "vhost-user-fs"],
  ["vhost-vsock-device", "vhost-vsock"],
  ["vmcoreinfo", "vmcoreinfo"],
  ["vmgenid", "vmgenid"],
  ["mch", "mch"],
  ["i8042", "i8042"],
  ["virtio-crypto-device", "virtio-crypto"],
  ["cryptodev-backend-lkcf", "cryptodev-backend-lkcf"],
  ["virtio-sound-pci", "virtio-sound"],
  ["acpi-erst", "acpi-erst"],
  ["sev-guest", "sev-guest"],
  ["sev-snp-guest", "sev-snp-guest"],
  ["s390-pv-guest", "s390-pv-guest"],
  ["sgx-epc", "sgx-epc"],
  ["dbus-vmstate", "dbus-vmstate"],
  ["pr-manager-helper", "pr-manager-helper"],
  ["memory-backend-memfd", "memory-backend-memfd"],
  ["thread-context", "thread-context"],
  ["max-x86_64-cpu", "x86-max-cpu"],
  ["max-arm-cpu", "arm-max-cpu"],
  ["tcg-accel", "tcg"],
  ["hvf-accel", "hvf"],
  ["virtio-blk-pci-non-transitional", "virtio-pci-non-transitional"],
  ["chardev-qemu-vdagent", "chardev.qemu-vdagent"],
];

interface PropertySource {
  type: string;
  /** Asked only if this flag is set; absent: always, even if the type is missing. */
  requires?: CapsFlag;
  flags: readonly (readonly [property: string, flag: CapsFlag])[];
}

/** `device-list-properties`, in the order the questions are asked. */
export const deviceProperties: readonly PropertySource[] = [
  {
    type: "virtio-blk-pci",
    flags: [
      ["scsi", "virtio-blk-pci.scsi"],
      ["queue-size", "virtio-blk.queue-size"],
      ["acpi-index", "acpi-index"],
      ["iothread-vq-mapping", "virtio-blk.iothread-mapping"],
    ],
  },
  {
    type: "virtio-net-pci",
    requires: "virtio-net",
    flags: [
      ["rss", "virtio-net.rss"],
      ["acpi-index", "acpi-index"],
    ],
  },
  {
    type: "virtio-scsi-pci",
    requires: "virtio-scsi-pci",
    flags: [["iothread-vq-mapping", "virtio-scsi.iothread-mapping"]],
  },
  { type: "virtio-blk-ccw", requires: "virtio-ccw", flags: [["queue-size", "virtio-blk.queue-size"]] },
  { type: "virtio-net-ccw", requires: "virtio-net", flags: [["rss", "virtio-net.rss"]] },
  {
    type: "virtio-scsi-ccw",
    requires: "virtio-scsi-pci",
    flags: [["iothread-vq-mapping", "virtio-scsi.iothread-mapping"]],
  },
  { type: "vfio-pci", requires: "vfio-pci", flags: [] },
  {
    type: "scsi-hd",
    flags: [
      ["channel", "scsi-disk.channel"],
      ["rotation_rate", "rotation-rate"],
    ],
  },
  { type: "ide-hd", flags: [] },
  { type: "PIIX4_PM", flags: [["acpi-root-pci-hotplug", "piix4.acpi-root-pci-hotplug"]] },
  { type: "usb-redir", requires: "usb-redir", flags: [["filter", "usb-redir.filter"]] },
  { type: "usb-storage", requires: "usb-storage", flags: [] },
  { type: "kvm-pit", flags: [["lost_tick_policy", "kvm-pit-lost-tick-policy"]] },
  { type: "VGA", requires: "VGA", flags: [["vgamem_mb", "VGA.vgamem_mb"]] },
  { type: "vmware-svga", requires: "vmware-svga", flags: [["vgamem_mb", "vmware-svga.vgamem_mb"]] },
  {
    type: "qxl",
    requires: "qxl",
    flags: [
      ["vgamem_mb", "qxl.vgamem_mb"],
      ["vram64_size_mb", "qxl.vram64_size_mb"],
    ],
  },
  { type: "virtio-gpu-pci", requires: "virtio-gpu", flags: [["blob", "virtio-gpu.blob"]] },
  { type: "virtio-gpu-device", requires: "virtio-gpu", flags: [["blob", "virtio-gpu.blob"]] },
  { type: "ICH9-LPC", flags: [] },
  ...["virtio-balloon-pci", "virtio-balloon-ccw", "virtio-balloon-device"].map(
    (type): PropertySource => ({
      type,
      flags: [
        ["deflate-on-oom", "virtio-balloon-pci.deflate-on-oom"],
        ["free-page-reporting", "virtio-balloon.free-page-reporting"],
      ],
    }),
  ),
  { type: "virtio-gpu-ccw", requires: "virtio-gpu-ccw", flags: [["blob", "virtio-gpu.blob"]] },
  {
    type: "spapr-pci-host-bridge",
    requires: "spapr-pci-host-bridge",
    flags: [["numa_node", "spapr-pci-host-bridge.numa_node"]],
  },
  {
    type: "intel-iommu",
    requires: "intel-iommu",
    flags: [
      ["intremap", "intel-iommu.intremap"],
      ["caching-mode", "intel-iommu.caching-mode"],
      ["eim", "intel-iommu.eim"],
      ["device-iotlb", "intel-iommu.device-iotlb"],
      ["aw-bits", "intel-iommu.aw-bits"],
      ["dma-translation", "intel-iommu.dma-translation"],
    ],
  },
  { type: "mch", requires: "mch", flags: [["extended-tseg-mbytes", "mch.extended-tseg-mbytes"]] },
  { type: "nvdimm", requires: "nvdimm", flags: [["unarmed", "nvdimm.unarmed"]] },
  { type: "pcie-root-port", requires: "pcie-root-port", flags: [["hotplug", "pcie-root-port.hotplug"]] },
  {
    type: "usb-host",
    flags: [
      ["hostdevice", "usb-host.hostdevice"],
      ["guest-resets-all", "usb-host.guest-resets-all"],
    ],
  },
  {
    type: "vhost-user-fs-device",
    requires: "vhost-user-fs",
    flags: [["bootindex", "vhost-user-fs.bootindex"]],
  },
  {
    type: "virtio-mem-pci",
    requires: "virtio-mem-pci",
    flags: [
      ["prealloc", "virtio-mem-pci.prealloc"],
      ["dynamic-memslots", "virtio-mem-pci.dynamic-memslots"],
    ],
  },
  {
    type: "virtio-iommu-pci",
    requires: "virtio-iommu-pci",
    flags: [["boot-bypass", "virtio-iommu.boot-bypass"]],
  },
  { type: "virtio-blk-ccw", requires: "virtio-ccw", flags: [["loadparm", "virtio-ccw.loadparm"]] },
];

/** `qom-list-properties` of plain objects. */
export const objectProperties: readonly PropertySource[] = [
  {
    type: "memory-backend-file",
    flags: [
      ["pmem", "memory-backend-file.pmem"],
      ["reserve", "memory-backend-file.reserve"],
      ["prealloc-threads", "memory-backend-file.prealloc-threads"],
      ["x-use-canonical-path-for-ramblock-id", "memory-backend-file.x-use-canonical-path-for-ramblock-id"],
    ],
  },
  {
    type: "memory-backend-memfd",
    requires: "memory-backend-memfd",
    flags: [["hugetlb", "memory-backend-memfd.hugetlb"]],
  },
  {
    type: "max-x86_64-cpu",
    requires: "x86-max-cpu",
    flags: [
      ["unavailable-features", "cpu-unavailable-features"],
      ["unavailable-features", "canonical-cpu-features"],
      ["migratable", "cpu.migratable"],
    ],
  },
  { type: "max-arm-cpu", requires: "arm-max-cpu", flags: [["kvm-no-adjvtime", "cpu.kvm-no-adjvtime"]] },
];

/** `qom-list-properties` of machine types; a name without a match in `query-machines` is taken as it is. */
export const machineProperties: readonly {
  machine: string;
  requires?: (arch: string) => boolean;
  flags: readonly (readonly [property: string, flag: CapsFlag])[];
}[] = [
  { machine: "pseries", flags: [] },
  {
    machine: "virt",
    flags: [
      ["iommu", "machine.virt.iommu"],
      ["ras", "machine.virt.ras"],
      ["aia", "machine.virt.aia"],
    ],
  },
  {
    machine: "none",
    flags: [
      ["confidential-guest-support", "confidential-guest-support"],
      ["shim", "shim"],
    ],
  },
  {
    machine: "generic-pc",
    requires: (arch) => arch === "x86_64" || arch === "i686",
    flags: [
      ["i8042", "machine-i8042-opt"],
      ["vmport", "machine-vmport-opt"],
    ],
  },
];

/** Path into the answer of `query-qmp-schema` → flag. See {@link querySchema} for the language. */
export const schemaFlags: readonly (readonly [path: string, flag: CapsFlag])[] = [
  ["block-commit/arg-type/backing-mask-protocol", "blockjob.backing-mask-protocol"],
  ["blockdev-add/arg-type/+file/aio/^io_uring", "aio.io_uring"],
  ["blockdev-add/arg-type/+file/drop-cache", "migration-file-drop-cache"],
  ["blockdev-add/arg-type/+nbd/tls-hostname", "blockdev.nbd.tls-hostname"],
  ["blockdev-add/arg-type/+nvme", "drive-nvme"],
  ["blockdev-add/arg-type/+qcow2/discard-no-unref", "qcow2-discard-no-unref"],
  ["blockdev-add/arg-type/+rbd/encrypt", "rbd-encryption"],
  ["blockdev-add/arg-type/+rbd/encrypt/parent", "rbd-encryption-layering"],
  ["blockdev-add/arg-type/+rbd/encrypt/+luks-any", "rbd-encryption-luks-any"],
  ["blockdev-add/arg-type/+virtio-blk-vhost-vdpa/$fdset", "virtio-blk-vhost-vdpa"],
  ["blockdev-set-active", "blockdev-set-active"],
  ["calc-dirty-rate", "calc-dirty-rate"],
  ["calc-dirty-rate/arg-type/mode", "dirtyrate-param.mode"],
  ["device_add/$json-cli-hotplug", "device.json+hotplug"],
  ["display-reload", "display-reload"],
  ["migrate-incoming/arg-type/exit-on-error", "migrate-incoming.exit-on-error"],
  ["migrate-set-capabilities/arg-type/capabilities/capability/^rdma-pin-all", "migrate-rdma"],
  ["nbd-server-start/arg-type/tls-creds", "nbd-tls"],
  ["netdev_add/arg-type/+stream", "netdev.json"],
  ["netdev_add/arg-type/+stream", "netdev.stream"],
  ["netdev_add/arg-type/+stream/reconnect", "netdev.stream.reconnect"],
  ["netdev_add/arg-type/+stream/reconnect-ms", "netdev-stream-reconnect-miliseconds"],
  ["netdev_add/arg-type/+user", "netdev.user"],
  ["netdev_add/arg-type/+vhost-vdpa", "netdev.vhost-vdpa"],
  ["object-add/arg-type/+iothread/thread-pool-max", "iothread.thread-pool-max"],
  ["object-add/arg-type/+sev-guest/kernel-hashes", "sev-guest-kernel-hashes"],
  ["query-cpu-definitions", "query-cpu-definitions"],
  ["query-cpu-model-baseline", "query-cpu-model-baseline"],
  ["query-cpu-model-comparison", "query-cpu-model-comparison"],
  ["query-cpu-model-expansion", "query-cpu-model-expansion"],
  ["query-cpu-model-expansion/ret-type/deprecated-props", "query-cpu-model-expansion.deprecated-props"],
  ["query-dirty-rate", "query-dirty-rate"],
  ["query-display-options/ret-type/+dbus", "display-dbus"],
  ["query-display-options/ret-type/+egl-headless", "egl-headless"],
  ["query-display-options/ret-type/+egl-headless/rendernode", "egl-headless.rendernode"],
  ["query-display-options/ret-type/+sdl", "sdl"],
  ["query-migrate/ret-type/blocked-reasons", "migration.blocked-reasons"],
  ["query-stats", "query-stats"],
  ["query-stats-schemas", "query-stats-schemas"],
  ["rtc-reset-reinjection", "rtc-reset-reinjection"],
  ["screendump/arg-type/device", "screendump_device"],
  ["screendump/arg-type/format/^png", "screenshot-format-png"],
  ["set-action", "set-action"],
  ["set-numa-node/arg-type/+hmat-lb", "numa.hmat"],
  ["sev-inject-launch-secret", "sev-inject-launch-secret"],
];

/**
 * Kernel architectures use these only from a version on, although QEMU names them earlier (or only on one
 * architecture although the type is everywhere).
 */
export const ruleFlags: readonly (readonly [
  flag: CapsFlag,
  rule: (arch: string, version: number) => boolean,
])[] = [
  ["smp-clusters", (_arch, version) => version >= 7_001_000],
  ["ncr53c90", (arch) => arch === "sparc"],
];

/** Parameter of a command line option → flag. */
export const optionFlags: readonly (readonly [
  option: string,
  parameter: string | undefined,
  flag: CapsFlag,
])[] = [
  ["chardev", "reconnect", "chardev-reconnect"],
  ["chardev", "reconnect-ms", "chardev-reconnect-miliseconds"],
  ["fsdev", "multidevs", "fsdev.multidevs"],
  ["machine", "hpet", "machine-hpet"],
  ["run-with", "async-teardown", "run-with.async-teardown"],
  ["sandbox", undefined, "seccomp-sandbox"],
  ["smp-opts", "dies", "smp-dies"],
  ["spice", undefined, "spice"],
  ["spice", "gl", "spice-gl"],
  ["spice", "rendernode", "spice-rendernode"],
  ["vnc", undefined, "vnc"],
  ["vnc", "power-control", "vnc-power-control"],
];

export const tpmModelFlags: Readonly<Record<string, CapsFlag>> = {
  "tpm-tis": "tpm-tis",
  "tpm-crb": "tpm-crb",
  "tpm-spapr": "tpm-spapr",
};

export const tpmTypeFlags: Readonly<Record<string, CapsFlag>> = {
  passthrough: "tpm-passthrough",
  emulator: "tpm-emulator",
};
