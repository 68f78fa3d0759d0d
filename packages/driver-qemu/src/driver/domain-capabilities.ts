import { XmlWriter } from "@libvirt-ts/xml";
import type { CapsFlag } from "../caps/flags.ts";
import { acceleratorOf, hasFlag, type MachineType, type QemuCaps } from "../caps/qemu-caps.ts";

export interface DomainCapabilitiesRequest {
  caps: QemuCaps;
  machine: MachineType;
  /** `kvm` or `qemu`. */
  virtType: string;
  /** Files of firmware this host has, and which kinds. */
  firmware: { images: readonly string[]; kinds: readonly ("bios" | "efi")[]; hasSecureBoot: boolean };
}

type Test = (request: DomainCapabilitiesRequest) => boolean;
/** A value that is offered always, or if the test says so. */
type Value = string | readonly [value: string, test: Test];
interface Section {
  tag: string;
  supported?: Test;
  enums: readonly (readonly [name: string, values: readonly Value[]])[];
}

const has =
  (...flags: CapsFlag[]): Test =>
  ({ caps }) =>
    flags.some((flag) => hasFlag(caps, flag));
const isX86: Test = ({ caps }) => caps.arch === "x86_64" || caps.arch === "i686";
const isKvm: Test = ({ virtType }) => virtType === "kvm";
const isI440fx: Test = ({ machine }) => /^(pc|pc-i440fx-.*|isapc)$/.test(machine.name);
const hasTpm = has("tpm-tis", "tpm-crb", "tpm-spapr");
const virtioModels: readonly Value[] = ["virtio", "virtio-transitional", "virtio-non-transitional"];

/** Devices and what of each kind there is, in libvirt's order. */
const devices: readonly Section[] = [
  {
    tag: "disk",
    enums: [
      ["diskDevice", ["disk", "cdrom", ["floppy", isX86], "lun"]],
      [
        "bus",
        [
          ["ide", isI440fx],
          ["fdc", isX86],
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
          "sdl",
          ["vnc", has("vnc")],
          ["rdp", has("display-dbus")],
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
      ["subsysType", ["usb", "pci", "scsi"]],
      ["capsType", []],
      ["pciBackend", []],
    ],
  },
  {
    tag: "rng",
    supported: has("virtio-rng"),
    enums: [
      ["model", virtioModels],
      ["backendModel", ["random", "egd", ["builtin", has("rng-builtin")]]],
    ],
  },
  { tag: "filesystem", enums: [["driverType", ["path", "handle", ["virtiofs", has("vhost-user-fs")]]]] },
  {
    tag: "tpm",
    supported: hasTpm,
    enums: [
      [
        "model",
        [
          ["tpm-tis", has("tpm-tis")],
          ["tpm-crb", has("tpm-crb")],
          ["tpm-spapr", has("tpm-spapr")],
        ],
      ],
      ["backendModel", [["passthrough", has("tpm-passthrough")]]],
    ],
  },
  { tag: "redirdev", supported: has("usb-redir"), enums: [["bus", ["usb"]]] },
  {
    tag: "channel",
    enums: [
      ["type", ["pty", "unix", ["spicevmc", has("spice")], ["qemu-vdagent", has("chardev.qemu-vdagent")]]],
    ],
  },
  {
    tag: "crypto",
    supported: has("virtio-crypto"),
    enums: [
      ["model", ["virtio"]],
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
    enums: [
      [
        "model",
        [
          ["isa", has("pvpanic")],
          ["hyperv", isX86],
          ["pvpanic", has("pvpanic-pci")],
        ],
      ],
    ],
  },
];

const memoryBacking: Section = {
  tag: "memoryBacking",
  enums: [["sourceType", ["file", "anonymous", ["memfd", has("memory-backend-memfd")]]]],
};

/** Yes or no, in libvirt's order. */
const features: readonly (readonly [tag: string, test: Test])[] = [
  ["gic", () => false],
  ["vmcoreinfo", has("vmcoreinfo")],
  ["genid", has("vmgenid")],
  ["backingStoreInput", () => true],
  ["backup", () => true],
  ["async-teardown", has("run-with.async-teardown")],
  ["ps2", isX86],
  ["sev", () => false],
  ["sgx", () => false],
];

/** `virsh domcapabilities`: what a guest on this machine type may have. */
export function formatDomainCapabilities(request: DomainCapabilitiesRequest): string {
  const { caps, machine, virtType } = request;
  const writer = new XmlWriter();
  writer.open("domainCapabilities");
  leaf(writer, "path", caps.emulator);
  leaf(writer, "domain", virtType);
  leaf(writer, "machine", machine.name);
  leaf(writer, "arch", caps.arch);
  if (machine.maxCpus > 0) {
    writer.open("vcpu");
    writer.attr("max", String(machine.maxCpus));
    writer.close("vcpu");
  }
  support(writer, "iothreads", true);
  writeOs(writer, request);
  writeCpu(writer, request);
  section(writer, memoryBacking, request);
  writer.open("devices");
  for (const device of devices) section(writer, device, request);
  writer.close("devices");
  writer.open("features");
  for (const [tag, test] of features) support(writer, tag, test(request));
  const { hyperv } = caps;
  if (isKvm(request) && hyperv !== undefined)
    section(writer, { tag: "hyperv", enums: [["features", hyperv]] }, request);
  support(writer, "launchSecurity", false);
  writer.close("features");
  writer.close("domainCapabilities");
  return writer.toString();
}

function leaf(writer: XmlWriter, tag: string, text: string): void {
  writer.open(tag);
  writer.closeWithText(tag, text);
}

function support(writer: XmlWriter, tag: string, supported: boolean): void {
  writer.open(tag);
  writer.attr("supported", supported ? "yes" : "no");
  writer.close(tag);
}

function section(
  writer: XmlWriter,
  { tag, supported, enums }: Section,
  request: DomainCapabilitiesRequest,
): void {
  const isSupported = supported?.(request) ?? true;
  writer.open(tag);
  writer.attr("supported", isSupported ? "yes" : "no");
  if (isSupported) for (const [name, values] of enums) enumeration(writer, name, values, request);
  writer.close(tag);
}

function enumeration(
  writer: XmlWriter,
  name: string,
  values: readonly Value[],
  request: DomainCapabilitiesRequest,
): void {
  writer.open("enum");
  writer.attr("name", name);
  for (const each of values) {
    if (typeof each === "string") leaf(writer, "value", each);
    else if (each[1](request)) leaf(writer, "value", each[0]);
  }
  writer.close("enum");
}

function writeOs(writer: XmlWriter, request: DomainCapabilitiesRequest): void {
  const { images, kinds, hasSecureBoot } = request.firmware;
  writer.open("os");
  writer.attr("supported", "yes");
  enumeration(writer, "firmware", kinds, request);
  writer.open("loader");
  writer.attr("supported", "yes");
  for (const image of images) leaf(writer, "value", image);
  enumeration(writer, "type", ["rom", "pflash"], request);
  enumeration(writer, "readonly", ["yes", "no"], request);
  enumeration(writer, "secure", hasSecureBoot ? ["yes", "no"] : ["no"], request);
  writer.close("loader");
  writer.close("os");
}

function writeCpu(writer: XmlWriter, request: DomainCapabilitiesRequest): void {
  const accel = request.caps.accel[acceleratorOf(request.virtType)];
  const migratable: readonly Value[] = ["on", "off"];
  writer.open("cpu");
  const modes: readonly Section[] = [
    { tag: "host-passthrough", supported: isKvm, enums: [["hostPassthroughMigratable", migratable]] },
    { tag: "maximum", supported: has("cpu-max"), enums: [["maximumMigratable", migratable]] },
    // A model close to the host's needs tables of processors, which are not there yet.
    { tag: "host-model", supported: () => false, enums: [] },
  ];
  for (const { tag, supported, enums } of modes) {
    const isSupported = supported?.(request) ?? true;
    writer.open("mode");
    writer.attr("name", tag);
    writer.attr("supported", isSupported ? "yes" : "no");
    if (isSupported) for (const [name, values] of enums) enumeration(writer, name, values, request);
    writer.close("mode");
  }
  writer.open("mode");
  writer.attr("name", "custom");
  writer.attr("supported", (accel?.cpus.length ?? 0) > 0 ? "yes" : "no");
  for (const { name, usable, deprecated, vendor } of modelsOf(request.caps, request.virtType)) {
    writer.open("model");
    writer.attr("usable", usable === undefined ? "unknown" : usable ? "yes" : "no");
    if (deprecated) writer.attr("deprecated", "yes");
    writer.attr("vendor", vendor ?? "unknown");
    writer.closeWithText("model", name);
  }
  writer.close("mode");
  writer.close("cpu");
}

/** Names that stand for a way of choosing, not for a processor. */
const notModels: ReadonlySet<string> = new Set(["host", "max", "base", "migratable"]);

/** Processor models a guest can be given, by name. */
export function modelsOf(caps: QemuCaps, virtType: string) {
  const all = caps.accel[acceleratorOf(virtType)]?.cpus ?? [];
  return all.filter(({ name }) => !notModels.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}
