import type { Controller, Disk, DomainDef, Hostdev } from "@libvirt-ts/conf/domain";
import { audioProps } from "../device/audio.ts";
import { bootIndexOf } from "../device/boot-index.ts";
import { controllerDevice } from "../device/controller.ts";
import { diskParts } from "../device/disk.ts";
import { filesystemParts } from "../device/filesystem.ts";
import { graphicsParts } from "../device/graphics.ts";
import { hostdevParts } from "../device/hostdev.ts";
import { hubPart, inputParts } from "../device/input.ts";
import { iommuParts } from "../device/iommu.ts";
import { hasBuiltinIde, isQ35, needsFdc } from "../device/machine.ts";
import { memballoonDevice } from "../device/memballoon.ts";
import { memoryDeviceParts } from "../device/memory-backend.ts";
import { hostdevOfNet, netParts } from "../device/net.ts";
import { type DeviceContext, devicePart, optionPart, type Part } from "../device/parts.ts";
import { redirdevParts } from "../device/redirdev.ts";
import { rngParts } from "../device/rng.ts";
import { channelParts, consoleParts, parallelParts, serialParts } from "../device/serial.ts";
import { smartcardParts } from "../device/smartcard.ts";
import { soundParts } from "../device/sound.ts";
import { tpmParts } from "../device/tpm.ts";
import { videoParts } from "../device/video.ts";
import { watchdogParts } from "../device/watchdog.ts";

/** All devices up to the balloon, in QEMU driver's order. */
export function deviceParts(context: DeviceContext): Part[] {
  const { def } = context;
  const { devices } = def;
  const each = <T>(list: readonly T[], build: (device: T, context: DeviceContext) => Part[]) =>
    list.flatMap((device) => build(device, context));
  return [
    ...each(devices.iommus, iommuParts),
    ...pciHole(def),
    ...controllerParts(context),
    ...each(devices.memories, memoryDeviceParts),
    ...devices.hubs.map((hub) => hubPart(hub, context)),
    ...ccidParts(context),
    ...floppyParts(context),
    ...each(
      devices.disks.filter((disk) => !isPluggedLater(disk)),
      diskParts,
    ),
    ...each(devices.filesystems, filesystemParts),
    ...each(devices.interfaces, netParts),
    ...each(devices.smartcards, smartcardParts),
    ...each(devices.serials, serialParts),
    ...each(devices.parallels, parallelParts),
    ...each(devices.channels, channelParts),
    ...each(devices.consoles, consoleParts),
    ...each(devices.tpms, tpmParts),
    ...each(devices.inputs, inputParts),
    ...devices.audios.map((audio): Part => ({ kind: "audiodev", props: audioProps(audio) })),
    ...each(devices.graphics, graphicsParts),
    ...each(devices.videos, videoParts),
    ...each(devices.sounds, soundParts),
    ...watchdogParts(devices.watchdogs, context),
    ...each(devices.redirdevs, redirdevParts),
    ...each(allHostdevs(def), hostdevParts),
    ...incoming(context),
    ...(devices.memballoon !== undefined && devices.memballoon.model !== "none"
      ? [devicePart(memballoonDevice(devices.memballoon, context))]
      : []),
    ...each(devices.rngs, rngParts),
  ];
}

/** A disk whose image is shared with its overlay is plugged in before the guest runs. */
const isPluggedLater = (disk: Disk) => disk.transient?.shareBacking === true;

/**
 * Devices of the host, those behind network cards first, those that networks gave last; what is only reserved for the
 * guest is left out.
 */
function allHostdevs({ devices }: DomainDef): Hostdev[] {
  const cards = devices.interfaces.filter((net) => net.type === "hostdev").map(hostdevOfNet);
  const granted = devices.interfaces
    .filter((net) => net.type === "network" && net.actual?.type === "hostdev")
    .map(hostdevOfNet);
  return [...cards, ...devices.hostdevs, ...granted].filter(({ address }) => address?.type !== "unassigned");
}

const incoming = ({ incoming: uri }: DeviceContext): Part[] =>
  uri === undefined ? [] : [optionPart("-incoming", uri)];

function pciHole(def: DomainDef): Part[] {
  const root = def.devices.controllers.find((c) => c.type === "pci" && c.index === 0);
  const size = root?.pcihole64;
  if (root?.type !== "pci" || size === undefined) return [];
  const device = root.model === "pcie-root" ? "q35-pcihost" : "i440FX-pcihost";
  return [optionPart("-global", `${device}.pci-hole64-size=${size}K`)];
}

const controllerOrder: readonly Controller["type"][] = [
  "pci",
  "usb",
  "scsi",
  "ide",
  "sata",
  "virtio-serial",
  "nvme",
];

/** Controllers one type after the other: what others are plugged into comes first. */
function controllerParts(context: DeviceContext): Part[] {
  const { controllers } = context.def.devices;
  return controllerOrder.flatMap((type) =>
    controllers
      .filter((c) => c.type === type && !isBuiltin(c, context.def))
      .flatMap((c) => {
        const props = controllerDevice(c, context);
        return props === undefined ? [] : [devicePart(props)];
      }),
  );
}

/** Part of the board: QEMU makes it by itself. */
function isBuiltin(controller: Controller, def: DomainDef): boolean {
  const first = (controller.index ?? 0) === 0;
  switch (controller.type) {
    case "pci":
      return controller.model === "pcie-root" || (controller.model === "pci-root" && first);
    case "ide":
      return first && hasBuiltinIde(def);
    case "sata":
      return first && isQ35(def);
    default:
      return false;
  }
}

function ccidParts(context: DeviceContext): Part[] {
  return context.def.devices.controllers
    .filter((c) => c.type === "ccid")
    .flatMap((c) => {
      const props = controllerDevice(c, context);
      return props === undefined ? [] : [devicePart(props)];
    });
}

/** Boot order of floppies is a matter of their controller, which only some boards have built in. */
function floppyParts(context: DeviceContext): Part[] {
  const floppies = context.def.devices.disks.filter((disk) => disk.target.bus === "fdc");
  if (floppies.length === 0) return [];
  const letters = floppies.map((disk) => {
    const unit = disk.address?.type === "drive" ? disk.address.unit : 0;
    return [unit === 0 ? "bootindexA" : "bootindexB", bootIndexOf(disk, context)] as const;
  });
  const set = letters.filter(([, index]) => index !== undefined);
  if (needsFdc(context.def)) return [devicePart({ driver: "isa-fdc", ...Object.fromEntries(set) })];
  return set.map(([letter, index]) => optionPart("-global", `isa-fdc.${letter}=${index}`));
}
