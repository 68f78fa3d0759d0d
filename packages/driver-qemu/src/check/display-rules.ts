import type { DomainDef, Video } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CheckContext, DeviceRule, Rule } from "./rule.ts";
import { forEach, isPowerOfTwo, xmlComplaint } from "./rule.ts";

type Graphics = DomainDef["devices"]["graphics"][number];
type VideoRule = DeviceRule<Video>;

const maxVncPassword = 8;
const minVgamemKiB = 1024;

const usesOpenGl = (graphics: Graphics): boolean =>
  graphics.type === "egl-headless" || ("gl" in graphics && graphics.gl?.enable === true);

const graphicsRule = (graphics: Graphics, _def: DomainDef, { caps, spiceTls, hasRdp }: CheckContext) => {
  switch (graphics.type) {
    case "desktop":
      return "desktop graphics are not supported with this QEMU";
    case "rdp":
      return caps.flags.has("display-dbus") && hasRdp !== false
        ? undefined
        : "rdp graphics are not supported with this QEMU";
    case "vnc": {
      const { length = 0 } = graphics.passwd ?? "";
      return length > maxVncPassword
        ? `VNC password is ${length} characters long, only ${maxVncPassword} permitted`
        : undefined;
    }
    case "spice":
      return (graphics.tlsPort ?? 0) > 0 && spiceTls === false
        ? "spice TLS port set in XML configuration, but TLS is disabled in qemu.conf"
        : undefined;
    default:
      return undefined;
  }
};

const openGl: Rule = ({ devices: { graphics } }) => {
  const isHeadless = graphics.some(({ type }) => type === "egl-headless");
  if (isHeadless && graphics.some(({ type }) => !["egl-headless", "vnc", "spice"].includes(type)))
    return "graphics type 'egl-headless' is only supported with one of: 'vnc', 'spice' graphics types";
  return graphics.filter(usesOpenGl).length > 1
    ? "multiple OpenGL displays are not supported by QEMU"
    : undefined;
};

/** Models that may be there beside another, or that QEMU has at all. */
const secondaryModels = ["qxl", "virtio"];
const foreignModels = ["gop", "xen", "vbox", "parallels", "default"];
const resizableModels = ["vga", "qxl", "virtio", "bochs"];

const videoModel: VideoRule = ({ model }) => {
  const type = model?.type ?? "default";
  return foreignModels.includes(type)
    ? `domain configuration does not support video model '${type}'`
    : undefined;
};

const videoPlace: VideoRule = (video, { devices }) => {
  const type = video.model?.type ?? "default";
  const isFirst = devices.videos[0] === video;
  return !isFirst && type !== "none" && !secondaryModels.includes(type)
    ? `video type '${type}' is only valid as primary video device`
    : undefined;
};

/** What fits into 32 bits when counted in bytes. */
const maxQxlKiB = 4_194_303;

const tooMuch = (name: string) =>
  new VirError(ErrorDomain.QEMU, ErrorCode.OVERFLOW, `value for '${name}' must be less than '${maxQxlKiB}'`);

const videoMemory: VideoRule = ({ model }) => {
  const { type, vram = 0, vgamem = 0 } = model ?? {};
  const tooSmall = (name: string) => `value for '${name}' must be at least 1 MiB (1024 KiB)`;
  if ((type === "vga" || type === "vmvga") && vram !== 0 && vram < minVgamemKiB) return tooSmall("vram");
  if (type !== "qxl") return undefined;
  if (vram > maxQxlKiB) return tooMuch("vram");
  if ((model?.ram ?? 0) > maxQxlKiB) return tooMuch("ram");
  if (vgamem === 0) return undefined;
  if (vgamem < minVgamemKiB) return tooSmall("vgamem");
  return isPowerOfTwo(vgamem) ? undefined : "value for 'vgamem' must be power of two";
};

const videoAbilities: VideoRule = ({ model }, def) => {
  const type = model?.type ?? "default";
  const { accel2d, accel3d } = model?.acceleration ?? {};
  if (accel2d !== undefined) return "qemu does not support the accel2d setting";
  if (accel3d && type !== "virtio") return "3d acceleration is supported only with 'virtio' video device";
  if (model?.heads !== undefined && model.heads !== 1 && !secondaryModels.includes(type) && type !== "none")
    return `video type '${type}' doesn't support multiple 'heads'`;
  if (model?.resolution !== undefined && !resizableModels.includes(type))
    return xmlComplaint("model resolution is not supported");
  return model?.blob && def.memoryBacking?.source !== "memfd"
    ? "'blob' support for virtio-gpu devices requires a memfd memory backend"
    : undefined;
};

/** Sound for those who watch by D-Bus goes the same way. */
const dbusAudio: DeviceRule<Graphics> = (graphics, { devices }) => {
  if (graphics.type !== "dbus" || graphics.audio === undefined) return undefined;
  const audio = devices.audios.find(({ id }) => id === graphics.audio);
  return audio !== undefined && audio.type !== "dbus"
    ? "The associated audio is not of 'dbus' kind."
    : undefined;
};

const spiceAudio: Rule = ({ devices }) =>
  devices.audios.some(({ type }) => type === "spice") &&
  !devices.graphics.some(({ type }) => type === "spice")
    ? "Spice audio is not supported without spice graphics"
    : undefined;

/** Rules for what is seen and heard of a guest. */
export const displayRules: readonly Rule[] = [
  openGl,
  forEach((def: DomainDef) => def.devices.graphics, graphicsRule, dbusAudio),
  forEach((def: DomainDef) => def.devices.videos, videoModel, videoPlace, videoMemory, videoAbilities),
  spiceAudio,
];
