import type { DomainDef } from "../def.ts";
import type { AnyDevice } from "../device.ts";
import type { Graphics } from "../devices/graphics.ts";
import type { Input } from "../devices/input.ts";
import type { Smartcard } from "../devices/smartcard.ts";
import type { Video, VideoModel } from "../devices/video.ts";
import { fillDisk } from "./disk.ts";
import { fillHostdev } from "./hostdev.ts";

/** The general rules for one device, after the driver had its say. */
export function fillDevice({ kind, device }: AnyDevice, def: DomainDef): void {
  if (kind === "disk") fillDisk(device);
  else if (kind === "hostdev") fillHostdev(device, def);
  else if (kind === "input") fillInput(device, def);
  else if (kind === "video") fillVideo(device);
  else if (kind === "rng" && device.backend.model === "random") device.backend.path ??= "/dev/random";
  else if (kind === "graphics") fillGraphics(device);
  else if (kind === "smartcard") fillSmartcard(device, def);
}

/** Where an input device is plugged in that does not say. */
function fillInput(input: Input, { os: { type: os }, type: virtType }: DomainDef): void {
  if (input.type === "evdev") return;
  if (os.name === "xen" || os.name === "xenpvh") input.bus ??= "xen";
  else if (os.name === "hvm") input.bus ??= hvmInputBus(input, os.arch ?? "x86_64");
  else if (virtType === "vz" || virtType === "parallels") input.bus ??= "parallels";
}

function hvmInputBus({ type }: Input, arch: string): "ps2" | "virtio" | "usb" {
  if (type !== "tablet" && type !== "passthrough" && /^(?:i686|x86_64)$/.test(arch)) return "ps2";
  return type === "passthrough" || arch.startsWith("s390") ? "virtio" : "usb";
}

const defaultVram: { readonly [K in NonNullable<VideoModel["type"]>]?: number } = {
  vga: 16384,
  cirrus: 16384,
  vmvga: 16384,
  bochs: 16384,
  qxl: 65536,
  xen: 4096,
  vbox: 8192,
  parallels: 65536,
};

const powerOfTwo = (value: number): number => (value <= 1 ? value : 2 ** Math.ceil(Math.log2(value)));

/** Memory of a graphics card that says nothing of it: KiB. */
function fillVideo({ model }: Video): void {
  if (!model) return;
  const { type = "default" } = model;
  if (type === "none") {
    for (const key of Object.keys(model) as (keyof VideoModel)[]) if (key !== "type") delete model[key]; // its own keys
    return;
  }
  if (type === "qxl") model.ram = powerOfTwo(model.ram || 65536);
  model.vram = model.vram || defaultVram[type] || undefined;
  if (model.vram !== undefined) model.vram = powerOfTwo(model.vram);
  if (model.vram64 !== undefined) model.vram64 = powerOfTwo(model.vram64);
}

/** A reader without a place takes the first free slot of the first hub. */
function fillSmartcard(card: Smartcard, def: DomainDef): void {
  if (card.address !== undefined) return;
  const taken = new Set(
    def.devices.smartcards.map(({ address }) =>
      address?.type === "ccid" && address.controller === 0 ? address.slot : -1,
    ),
  );
  let slot = 0;
  while (taken.has(slot)) slot++;
  card.address = { type: "ccid", controller: 0, slot };
}

/** A display nobody gave a port to is not offered on the network. */
function fillGraphics(graphics: Graphics): void {
  if (graphics.type !== "spice" || graphics.port || graphics.tlsPort || graphics.autoport) return;
  for (const listen of graphics.listens) {
    if (listen.type !== "address" && listen.type !== "network") continue;
    listen.type = "none";
    delete listen.address;
    delete listen.network;
  }
}
