import type { Audio, Controller, DomainDef, FillFlags } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findController, insertController } from "../address/controllers.ts";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import {
  isArmVirt,
  isI440fx,
  isIsapc,
  isLoongarchVirt,
  isPseries,
  isQ35,
  isRiscvVirt,
} from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import type { FillContext } from "./hooks.ts";

interface Plan {
  usb?: "default" | "pci-ohci" | "nec-xhci" | "qemu-xhci" | "ich9-ehci1" | undefined;
  root?: "pci-root" | "pcie-root" | undefined;
  sata?: boolean;
  watchdog?: boolean;
  balloon?: boolean;
  panic?: boolean;
  keyboardAndMouse?: boolean;
}

/** Devices a board has, or guests are used to. */
export function addDefaultDevices(
  def: DomainDef,
  caps: QemuCaps,
  context: FillContext,
  flags: FillFlags,
): void {
  addPs2(def, caps);
  const plan = planOf(def, caps);
  if (plan.usb !== undefined && findController(def, "usb", 0) === undefined) {
    insertController(def, { type: "usb", index: 0, ...(plan.usb === "default" ? {} : { model: plan.usb }) });
  }
  if (plan.sata && findController(def, "sata", 0) === undefined)
    insertController(def, { type: "sata", index: 0 });
  if (plan.root !== undefined) addPciRoot(def, plan.root);
  if (plan.balloon) def.devices.memballoon ??= { model: "virtio" };
  if (plan.keyboardAndMouse) addUsbInput(def);
  if (plan.panic && !def.devices.panics.some((p) => p.model === undefined || p.model === panicOf(def))) {
    def.devices.panics.push({ model: panicOf(def) });
  }
  if (plan.watchdog && !def.devices.watchdogs.some((w) => w.model === "itco")) {
    def.devices.watchdogs.push({ model: "itco", action: def.devices.watchdogs[0]?.action ?? "reset" });
  }
  addIommu(def, flags);
  addAudio(def, context);
}

const panicOf = (def: DomainDef) => (isPseries(def) ? "pseries" : "s390");

function planOf(def: DomainDef, caps: QemuCaps): Plan {
  const arch = def.os.type.arch ?? "";
  if (isX86(arch)) {
    if (isQ35(def))
      return { root: "pcie-root", sata: true, watchdog: true, usb: q35Usb(caps), balloon: true };
    if (isI440fx(def)) return { root: "pci-root", usb: "default", balloon: true };
    if (isIsapc(def)) return { balloon: true };
    return { usb: "default", balloon: true };
  }
  if (isArmVirt(def) || isLoongarchVirt(def)) return { root: "pcie-root" };
  if (isRiscvVirt(def)) return { root: "pcie-root", balloon: true };
  if (arch === "aarch64" || arch.startsWith("arm")) {
    const { machine = "" } = def.os.type;
    if (machine === "versatilepb") return { root: "pci-root", usb: "pci-ohci" };
    return machine.startsWith("realview-") ? { usb: "pci-ohci" } : {};
  }
  if (isPseries(def)) {
    const hasDisplay = def.devices.graphics.length > 0;
    return { root: "pci-root", usb: "default", balloon: true, panic: true, keyboardAndMouse: hasDisplay };
  }
  if (arch.startsWith("s390"))
    return { balloon: true, panic: true, root: caps.flags.has("zpci") ? "pci-root" : undefined };
  if (arch === "sparc") return {};
  if (arch.startsWith("ppc") || arch === "sparc64" || arch === "alpha")
    return { root: "pci-root", usb: "default", balloon: true };
  return { usb: "default", balloon: true };
}

/** USB 3 if there is one, else USB 2, else nothing. */
function q35Usb({ flags }: QemuCaps): Plan["usb"] {
  if (flags.has("qemu-xhci")) return "qemu-xhci";
  if (flags.has("nec-usb-xhci")) return "nec-xhci";
  return flags.has("ich9-usb-ehci1") ? "ich9-ehci1" : undefined;
}

function addPciRoot(def: DomainDef, model: "pci-root" | "pcie-root") {
  const root = findController(def, "pci", 0);
  if (root === undefined) {
    insertController(def, { type: "pci", index: 0, model } satisfies Controller);
    return;
  }
  if (root.type !== "pci" || root.model === model) return;
  throw new VirError(
    ErrorDomain.QEMU,
    ErrorCode.XML_ERROR,
    `The PCI controller with index='0' must be model='${model}' for this machine type, but model='${root.model ?? "(null)"}' was found instead`,
  );
}

function addPs2(def: DomainDef, caps: QemuCaps) {
  if (!isX86(def.os.type.arch ?? "") || !caps.flags.has("i8042") || def.features?.ps2 === false) return;
  for (const type of ["mouse", "keyboard"] as const) {
    if (!def.devices.inputs.some((input) => input.type === type && input.bus === "ps2")) {
      def.devices.inputs.push({ type, bus: "ps2" });
    }
  }
}

function addUsbInput(def: DomainDef) {
  const { inputs } = def.devices;
  const has = (type: string) => inputs.some((input) => input.type === type && input.bus === "usb");
  if (!has("keyboard")) inputs.push({ type: "keyboard", bus: "usb" });
  if (!has("mouse") && !has("tablet")) inputs.push({ type: "mouse", bus: "usb" });
}

/** More vCPUs than fit into 8 bits of APIC id need an IOMMU that can address them. */
function addIommu(def: DomainDef, { abiUpdate }: FillFlags) {
  if (!isQ35(def) || (def.vcpu.count ?? 0) <= 255 || !abiUpdate) return;
  const [iommu] = def.devices.iommus;
  if (iommu === undefined) def.devices.iommus.push({ model: "intel", driver: { intremap: true, eim: true } });
  else if (iommu.model === "intel") {
    iommu.driver ??= {};
    iommu.driver.intremap ??= true;
    iommu.driver.eim ??= true;
  }
  // Interrupt remapping does not work with the controller of the kernel.
  if (def.devices.iommus[0]?.driver?.intremap) {
    def.features ??= {};
    def.features.ioapic ??= "qemu";
  }
}

/** Without sound of its own a guest still gets a backend that leads nowhere, instead of QEMU's choice. */
export type AudioContext = Pick<
  FillContext,
  "noGraphicsAllowHostAudio" | "vncAllowHostAudio" | "hostAudioDriver"
>;

/** Where the sound of a guest goes that does not say. */
export function addAudio(def: DomainDef, context: AudioContext): void {
  const { audios } = def.devices;
  const type = audios.length > 0 ? undefined : defaultAudio(def, context);
  if (type !== undefined) audios.push({ id: 1, type });
}

function defaultAudio(
  { devices: { graphics } }: DomainDef,
  context: AudioContext,
): Audio["type"] | undefined {
  const kinds = graphics.map(({ type }) => type);
  const last = kinds.findLast((kind) => kind === "spice" || kind === "vnc" || kind === "sdl");
  if (last === "spice") return "spice";
  if (last === "vnc") return context.vncAllowHostAudio ? hostAudio(context) : "none";
  // These displays have sound of their own, or take what the environment says.
  if (last === "sdl" || kinds.includes("dbus")) return hostAudio(context);
  if (kinds.length === 0 && context.noGraphicsAllowHostAudio) return hostAudio(context);
  return kinds.length > 0 && kinds.every((kind) => kind === "egl-headless") ? undefined : "none";
}

const hostDrivers: Readonly<Record<string, Audio["type"]>> = {
  alsa: "alsa",
  oss: "oss",
  pa: "pulseaudio",
  sdl: "sdl",
  wav: "file",
  coreaudio: "coreaudio",
  jack: "jack",
  none: "none",
};

const hostAudio = ({ hostAudioDriver }: AudioContext): Audio["type"] | undefined =>
  hostAudioDriver === undefined ? undefined : hostDrivers[hostAudioDriver];
