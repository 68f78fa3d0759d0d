import { ErrorDomain } from "@libvirt-ts/errors";
import {
  type Context,
  type ElementCodec,
  type Infer,
  parseXml,
  type XmlElement,
  XmlWriter,
} from "@libvirt-ts/xml";
import { Audio } from "./devices/audio.ts";
import { Channel } from "./devices/channel.ts";
import { Controller } from "./devices/controller.ts";
import { Crypto } from "./devices/crypto.ts";
import type { Devices } from "./devices/devices.ts";
import { Disk } from "./devices/disk.ts";
import { Filesystem } from "./devices/filesystem.ts";
import { Graphics } from "./devices/graphics.ts";
import { Hostdev } from "./devices/hostdev.ts";
import { Hub } from "./devices/hub.ts";
import { Input } from "./devices/input.ts";
import { Interface } from "./devices/interface.ts";
import { Iommu } from "./devices/iommu.ts";
import { Lease } from "./devices/lease.ts";
import { Memballoon } from "./devices/memballoon.ts";
import { MemoryDevice } from "./devices/memory-device.ts";
import { Nvram } from "./devices/nvram.ts";
import { Panic } from "./devices/panic.ts";
import { Pstore } from "./devices/pstore.ts";
import { Redirdev } from "./devices/redirdev.ts";
import { Rng } from "./devices/rng.ts";
import { Console, Parallel, Serial } from "./devices/serial.ts";
import { Shmem } from "./devices/shmem.ts";
import { Smartcard } from "./devices/smartcard.ts";
import { Sound } from "./devices/sound.ts";
import { Tpm } from "./devices/tpm.ts";
import { Video } from "./devices/video.ts";
import { Vsock } from "./devices/vsock.ts";
import { Watchdog } from "./devices/watchdog.ts";
import { xmlError } from "./errors.ts";
import { insertDisk } from "./fill/basics.ts";
import { insertController } from "./fill/controllers.ts";

/** Each kind of device by the name of its element. */
export const deviceCodecs = {
  disk: Disk,
  controller: Controller,
  lease: Lease,
  filesystem: Filesystem,
  interface: Interface,
  smartcard: Smartcard,
  serial: Serial,
  parallel: Parallel,
  console: Console,
  channel: Channel,
  input: Input,
  tpm: Tpm,
  graphics: Graphics,
  sound: Sound,
  audio: Audio,
  video: Video,
  hostdev: Hostdev,
  redirdev: Redirdev,
  hub: Hub,
  watchdog: Watchdog,
  memballoon: Memballoon,
  rng: Rng,
  nvram: Nvram,
  panic: Panic,
  shmem: Shmem,
  memory: MemoryDevice,
  crypto: Crypto,
  iommu: Iommu,
  vsock: Vsock,
  pstore: Pstore,
} as const satisfies { readonly [tag: string]: ElementCodec<never> | ElementCodec<object> };

export type DeviceKind = keyof typeof deviceCodecs;
/** Any device, with the name of its kind. */
export type AnyDevice = {
  [K in DeviceKind]: { kind: K; device: Infer<(typeof deviceCodecs)[K]> };
}[DeviceKind];
export type DeviceOf<K extends DeviceKind> = Infer<(typeof deviceCodecs)[K]>;

/** Parses the XML of one device, as attach and detach take it. */
export function parseDevice(text: string, context: Context = {}): AnyDevice {
  return readDevice(parseXml(text, { errorDomain: ErrorDomain.DOMAIN }), context);
}

/** Reads a device out of its element. */
export function readDevice(root: XmlElement, context: Context = {}): AnyDevice {
  const kind = root.name as DeviceKind; // looked up right away
  const codec = Object.hasOwn(deviceCodecs, kind) ? deviceCodecs[kind] : undefined;
  if (codec === undefined) throw xmlError(`unknown device type '${root.name}'`);
  return { kind, device: codec.parse(root, context) } as AnyDevice; // kind and codec come from the same row
}

/** Writes one device; the text ends with a line feed. */
export function formatDevice({ kind, device }: AnyDevice, context: Context = {}, depth = 0): string {
  const writer = new XmlWriter(depth);
  const codec = deviceCodecs[kind] as ElementCodec<typeof device>; // kind and codec come from the same row
  codec.format(device, writer, context);
  return writer.toString();
}

const lists = {
  disk: "disks",
  controller: "controllers",
  lease: "leases",
  filesystem: "filesystems",
  interface: "interfaces",
  smartcard: "smartcards",
  serial: "serials",
  parallel: "parallels",
  console: "consoles",
  channel: "channels",
  input: "inputs",
  tpm: "tpms",
  graphics: "graphics",
  sound: "sounds",
  audio: "audios",
  video: "videos",
  hostdev: "hostdevs",
  redirdev: "redirdevs",
  hub: "hubs",
  watchdog: "watchdogs",
  memballoon: "memballoon",
  rng: "rngs",
  nvram: "nvram",
  panic: "panics",
  shmem: "shmems",
  memory: "memories",
  crypto: "cryptos",
  iommu: "iommus",
  vsock: "vsock",
  pstore: "pstore",
} as const satisfies { readonly [K in DeviceKind]: keyof Devices };

const kinds = Object.keys(lists) as DeviceKind[]; // the keys of the literal above

/** Every device of a guest with its kind, in the order they are written. */
export function allDevices(devices: Devices): AnyDevice[] {
  const all: AnyDevice[] = [];
  for (const kind of kinds) {
    const held = devices[lists[kind]];
    // the list belongs to the kind
    if (Array.isArray(held)) for (const device of held) all.push({ kind, device } as AnyDevice);
    else if (held !== undefined) all.push({ kind, device: held } as AnyDevice); // as above
  }
  return all;
}

/** Puts a device where its kind belongs: disks and controllers among their like, others at the end. */
export function insertDevice(devices: Devices, each: AnyDevice): void {
  if (each.kind === "disk") insertDisk(devices.disks, each.device);
  else if (each.kind === "controller") insertController(devices.controllers, each.device);
  else {
    const held = devices[lists[each.kind]];
    if (Array.isArray(held))
      (held as unknown[]).push(each.device); // the list belongs to the kind
    else Object.assign(devices, { [lists[each.kind]]: each.device });
  }
}

/** Takes a device (the same object) out again. */
export function removeDevice(devices: Devices, each: AnyDevice): void {
  const name = lists[each.kind];
  const held = devices[name];
  if (Array.isArray(held)) {
    const at = (held as unknown[]).indexOf(each.device); // the list belongs to the kind
    if (at >= 0) held.splice(at, 1);
  } else if (held === each.device) Object.assign(devices, { [name]: undefined });
}

/** A guest's emulator and everything else that is no device. */
export function withoutDevices(devices: Devices): Devices {
  const none = kinds.map((kind) => [lists[kind], Array.isArray(devices[lists[kind]]) ? [] : undefined]);
  return { ...devices, ...Object.fromEntries(none) };
}

/** The list a kind of device is kept in; `undefined` for kinds of which there is at most one. */
export function deviceListName<K extends DeviceKind>(kind: K): (typeof lists)[K] {
  return lists[kind];
}
