import { hasBuiltinIde, isPseries } from "../device/machine.ts";
import { has, isBoard, isS390, isX86, not, type Section, type Value } from "./request.ts";

const virtioModels: readonly Value[] = [
  "virtio",
  ["virtio-transitional", has("virtio-pci-non-transitional")],
  ["virtio-non-transitional", has("virtio-pci-non-transitional")],
];
/** The models exist as far as the device does. */
const virtioModelsOf = (flag: "virtio-rng"): readonly Value[] => [
  ["virtio", has(flag)],
  ["virtio-transitional", has("virtio-pci-non-transitional")],
  ["virtio-non-transitional", has("virtio-pci-non-transitional")],
];
const hasFloppy = not(isBoard(isPseries));
const hasUsb = has(
  "piix3-usb-uhci",
  "piix4-usb-uhci",
  "usb-ehci",
  "ich9-usb-ehci1",
  "vt82c686b-usb-uhci",
  "pci-ohci",
  "nec-usb-xhci",
  "qemu-xhci",
);
const playsTpm = has("tpm-emulator");

/** Devices and what of each kind there is, in libvirt's order. */
export const devices: readonly Section[] = [
  {
    tag: "disk",
    enums: [
      ["diskDevice", ["disk", "cdrom", ["floppy", hasFloppy], "lun"]],
      [
        "bus",
        [
          ["ide", isBoard(hasBuiltinIde)],
          ["fdc", hasFloppy],
          "scsi",
          "virtio",
          ["usb", has("usb-storage")],
          ["sata", has("ich9-ahci")],
        ],
      ],
      ["model", virtioModels],
    ],
  },
  {
    tag: "graphics",
    enums: [
      [
        "type",
        [
          ["sdl", has("sdl")],
          ["vnc", has("vnc")],
          ["rdp", (request) => request.hasRdp && request.caps.flags.has("display-dbus")],
          ["spice", has("spice")],
          ["egl-headless", has("egl-headless")],
          ["dbus", has("display-dbus")],
        ],
      ],
    ],
  },
  {
    tag: "video",
    enums: [
      [
        "modelType",
        [
          ["vga", has("VGA")],
          ["cirrus", has("cirrus-vga")],
          ["vmvga", has("vmware-svga")],
          ["qxl", has("qxl")],
          ["virtio", has("virtio-gpu", "virtio-gpu-ccw")],
          "none",
          ["bochs", has("bochs-display")],
          ["ramfb", has("ramfb")],
        ],
      ],
    ],
  },
  {
    tag: "hostdev",
    enums: [
      ["mode", ["subsystem"]],
      ["startupPolicy", ["default", "mandatory", "requisite", "optional"]],
      ["subsysType", [["usb", hasUsb], "pci", "scsi"]],
      ["capsType", []],
      [
        "pciBackend",
        [
          ["default", ({ hasVfio }) => hasVfio],
          ["vfio", ({ hasVfio }) => hasVfio],
        ],
      ],
    ],
  },
  {
    tag: "rng",
    enums: [
      ["model", virtioModelsOf("virtio-rng")],
      [
        "backendModel",
        [
          ["random", has("rng-random")],
          ["egd", has("rng-egd")],
          ["builtin", has("rng-builtin")],
        ],
      ],
    ],
  },
  { tag: "filesystem", enums: [["driverType", ["path", "handle", ["virtiofs", has("vhost-user-fs")]]]] },
  {
    tag: "tpm",
    supported: has("tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"),
    enums: [
      [
        "model",
        [
          ["tpm-tis", has("tpm-tis")],
          ["tpm-crb", has("tpm-crb")],
          ["tpm-spapr", has("tpm-spapr")],
          ["spapr-tpm-proxy", has("spapr-tpm-proxy")],
        ],
      ],
      [
        "backendModel",
        [
          ["passthrough", has("tpm-passthrough")],
          ["emulator", playsTpm],
          ["external", playsTpm],
        ],
      ],
      [
        "backendVersion",
        ["1.2", "2.0"].map(
          (version): Value => [
            version,
            (request) => playsTpm(request) && request.tpmVersions.includes(version),
          ],
        ),
      ],
    ],
  },
  { tag: "redirdev", supported: has("usb-redir"), enums: [["bus", ["usb"]]] },
  { tag: "channel", enums: [["type", ["pty", "unix", ["spicevmc", has("spice")]]]] },
  {
    tag: "crypto",
    enums: [
      ["model", [["virtio", has("virtio-crypto")]]],
      ["type", ["qemu"]],
      ["backendModel", ["builtin", ["lkcf", has("cryptodev-backend-lkcf")]]],
    ],
  },
  {
    tag: "interface",
    enums: [
      [
        "backendType",
        [
          ["default", has("netdev.user")],
          ["passt", has("netdev.stream")],
        ],
      ],
    ],
  },
  {
    tag: "panic",
    supported: (request) => panicModels.some(([, test]) => test(request)),
    get enums() {
      return [["model", panicModels] as const];
    },
  },
];

const panicModels = [
  ["isa", has("pvpanic")],
  ["hyperv", isX86],
  ["pseries", isBoard(isPseries)],
  ["pvpanic", has("pvpanic-pci")],
  ["s390", isS390],
] as const;
