import type {
  AnyDevice,
  BackingStore,
  Console,
  DeviceOf,
  Disk,
  DomainDef,
  FillFlags,
  GraphicsOf,
  Hostdev,
  Interface,
  Serial,
} from "@libvirt-ts/conf/domain";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import {
  isArmVirt,
  isI440fx,
  isLoongarchVirt,
  isPseries,
  isQ35,
  isRiscvVirt,
  isS390Ccw,
  isVirtBoard,
} from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { fillController } from "./controller.ts";
import type { FillContext } from "./hooks.ts";
import { alignModule } from "./memory.ts";

export interface DeviceContext extends FillContext, FillFlags {
  qemu: QemuCaps;
}

/** Defaults of one device that only the QEMU driver knows. */
export function fillDevice({ kind, device }: AnyDevice, def: DomainDef, context: DeviceContext): void {
  switch (kind) {
    case "disk":
      fillDisk(device);
      return;
    case "controller":
      fillController(device, def, context.qemu, context);
      return;
    case "interface":
      fillNet(device, def, context.qemu);
      return;
    case "serial":
      fillSerial(device, def);
      return;
    case "channel":
      fillChannel(device, context);
      return;
    case "video": {
      device.model ??= { type: "default" };
      if (device.model.type === "default") device.model.type = defaultVideo(def, context.qemu);
      if (device.model.type === "qxl") device.model.vgamem ||= 16 * 1024;
      return;
    }
    case "panic":
      device.model ??= defaultPanic(def);
      return;
    case "hostdev":
      fillHostdev(device);
      return;
    case "tpm":
      device.model ??= isPseries(def) ? "tpm-spapr" : "tpm-tis";
      if (device.backend.type === "emulator")
        device.backend.version ??=
          device.model === "tpm-tis" && isX86(def.os.type.arch ?? "") ? "1.2" : "2.0";
      return;
    case "graphics":
      if (device.type === "vnc" || device.type === "spice") dropOwnSockets(device, context);
      return;
    case "memory":
      if (context.abiUpdate && isPseries(def)) alignModule(device, def);
      return;
    case "sound":
      if (device.model === "virtio") device.streams ??= 2;
      return;
    case "filesystem":
      if (!isForeign(device)) device.accessmode ??= "passthrough";
      return;
    case "vsock":
      if (device.model === undefined || device.model === "default") device.model = "virtio";
      return;
    case "shmem":
      device.model ??= "ivshmem";
      if (device.model === "ivshmem-doorbell") {
        device.msi ??= {};
        device.msi.ioeventfd ??= true;
      } else device.size ??= 4n * 1024n * 1024n;
      return;
    default:
      return;
  }
}

/** A socket somebody else serves says itself who may do what. */
const isForeign = (fs: DeviceOf<"filesystem">): boolean =>
  fs.type === "mount" && fs.source?.socket !== undefined;

const defaultPorts: Readonly<Record<string, number>> = {
  nbd: 10809,
  iscsi: 3260,
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  tftp: 69,
  ssh: 22,
  gluster: 24007,
  vxhs: 9999,
};

function fillDisk(disk: Disk) {
  const encryptions = [disk.encryption, disk.source?.encryption];
  for (let store = disk.backingStore; store; store = store.backingStore)
    encryptions.push(store.source?.encryption);
  for (const encryption of encryptions) if (encryption !== undefined) encryption.engine ??= "qemu";
  for (let store: Disk | BackingStore | undefined = disk; store; store = store.backingStore) {
    if (store.type !== "network") continue;
    for (const host of store.source?.hosts ?? []) {
      if (host.transport !== "unix") host.port ??= store.source && defaultPorts[store.source.protocol];
    }
  }
  disk.driver ??= {};
  disk.driver.name ??= "qemu";
  if (disk.type !== "volume") disk.driver.type ??= "raw";
}

function fillNet(net: Interface, def: DomainDef, { flags }: QemuCaps) {
  if (net.type === "user" && net.backend?.type === undefined && !flags.has("netdev.user")) {
    net.backend = { ...net.backend, type: "passt" };
  }
  if (net.type === "hostdev" || net.model !== undefined) return;
  net.model = defaultNetModel(net, def, flags);
}

function defaultNetModel(net: Interface, def: DomainDef, flags: QemuCaps["flags"]): string {
  const { arch = "", machine = "" } = def.os.type;
  if (net.type === "vdpa" || net.type === "vhostuser") return "virtio";
  if (arch.startsWith("s390") || isVirtBoard(def) || arch.startsWith("riscv") || arch === "loongarch64")
    return "virtio";
  if (arch === "aarch64" || arch.startsWith("arm"))
    return machine === "versatilepb" ? "smc91c111" : "lan9118";
  if (arch === "sparc") return "lance";
  if (flags.has("rtl8139")) return "rtl8139";
  if (flags.has("e1000")) return "e1000";
  return "virtio";
}

const serialTypes = {
  isa: "isa-serial",
  spapr: "spapr-vio-serial",
  system: "system-serial",
  sclp: "sclp-serial",
} as const;

export function fillSerial(serial: Serial, def: DomainDef) {
  const { arch = "" } = def.os.type;
  serial.target ??= {};
  const { target } = serial;
  // Once `isa-serial` was written for whatever the board has.
  if (target.type === "isa-serial" && !isX86(arch)) target.type = "none";
  if (target.type === undefined || target.type === "none") {
    if (isX86(arch)) target.type = serialTypes.isa;
    else if (isPseries(def)) target.type = serialTypes.spapr;
    else if (isArmVirt(def) || isRiscvVirt(def) || isLoongarchVirt(def)) target.type = serialTypes.system;
    else if (arch.startsWith("s390")) target.type = serialTypes.sclp;
  }
  if (target.model !== undefined && target.model !== "none") return;
  switch (target.type) {
    case "isa-serial":
    case "usb-serial":
    case "pci-serial":
      target.model = target.type;
      break;
    case "spapr-vio-serial":
      target.model = "spapr-vty";
      break;
    case "sclp-serial":
      target.model = "sclpconsole";
      break;
    case "isa-debug":
      target.model = "isa-debugcon";
      break;
    case "system-serial":
      if (isArmVirt(def)) target.model = "pl011";
      else if (isRiscvVirt(def) || isLoongarchVirt(def)) target.model = "16550a";
      break;
  }
}

/** Where these sockets lay in former versions. */
const formerChannelDirs = ["/var/lib/libvirt/qemu/channel/target", "/var/lib/libvirt/qemu/channel"];

/** A path of ours is not the user's wish: it is made anew at each start. */
function fillChannel(
  {
    source,
    target,
  }: Pick<Console, "source"> & { target?: { type: string; name?: string | undefined } | undefined },
  { channelDir, inactive }: DeviceContext,
) {
  if (target?.type !== "virtio" || source.type !== "unix" || !inactive) return;
  const path = source.source?.path;
  if (path === undefined) return;
  // Our folder of today and those of former times, with the short name of a guest below it.
  const name = path.slice(path.lastIndexOf("/") + 1);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const below = [channelDir, `${channelDir}/target`, ...formerChannelDirs]
    .map((dir) => `${dir}/`)
    .find((dir) => folder.startsWith(dir));
  const rest = below === undefined ? undefined : path.slice(below.length);
  const isOurs =
    rest !== undefined &&
    name.endsWith(target.name ?? "") &&
    /^([^/]+\.|domain-[^/]+\/|\d+-[^/]+\/)/.test(rest);
  if (!isOurs || source.source === undefined) return;
  source.source.path = undefined;
  // From here on it is we who listen.
  source.source.mode = "bind";
}

/** As for channels: a socket in the folder of a guest is ours. */
function dropOwnSockets(
  graphics: GraphicsOf<"vnc"> | GraphicsOf<"spice">,
  { libDir, inactive }: DeviceContext,
) {
  if (!inactive || libDir === undefined) return;
  for (const [i, listen] of graphics.listens.entries()) {
    if (listen.type !== "socket" || listen.socket?.startsWith(`${libDir}/`) !== true) continue;
    graphics.listens[i] = { type: "address" };
    graphics.autoport = true;
    graphics.port = 0;
  }
}

type VideoType = NonNullable<NonNullable<DomainDef["devices"]["videos"][number]["model"]>["type"]>;

function defaultVideo(def: DomainDef, { flags }: QemuCaps): VideoType {
  if (isPseries(def)) return "vga";
  if (isVirtBoard(def) || isS390Ccw(def)) return "virtio";
  if (flags.has("cirrus-vga")) return "cirrus";
  return flags.has("VGA") ? "vga" : "default";
}

function defaultPanic(def: DomainDef) {
  if (isPseries(def)) return "pseries";
  if (isX86(def.os.type.arch ?? "") && (isI440fx(def) || isQ35(def))) return "isa";
  if (isArmVirt(def)) return "pvpanic";
  return isS390Ccw(def) ? "s390" : undefined;
}

function fillHostdev(hostdev: Hostdev) {
  if (hostdev.type === "mdev" && hostdev.model === "vfio-pci") hostdev.display ??= false;
}
