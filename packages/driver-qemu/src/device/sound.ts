import type { Sound } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

const drivers: Readonly<Record<string, string>> = {
  es1370: "ES1370",
  ac97: "AC97",
  ich6: "intel-hda",
  ich9: "ich9-intel-hda",
  usb: "usb-audio",
  sb16: "sb16",
};
const codecs = { duplex: "hda-duplex", micro: "hda-micro", output: "hda-output" } as const;

/** Nothing for the PC speaker, which is an option of the machine. */
export function soundParts(sound: Sound, { def }: DeviceContext): Part[] {
  if (sound.model === "pcspk") return [];
  const id = aliasOf(sound);
  const audio = sound.audio ?? def.devices.audios[0]?.id;
  const audiodev = audio === undefined ? undefined : `audio${audio}`;
  const isHda = sound.model === "ich6" || sound.model === "ich9";
  const head =
    sound.model === "virtio" ? virtioProps("virtio-sound", sound) : { driver: drivers[sound.model] };
  const parts: Part[] = [
    devicePart({
      ...head,
      id,
      audiodev: isHda ? undefined : audiodev,
      multi: sound.model === "usb" ? sound.multichannel : undefined,
      streams: sound.model === "virtio" ? sound.streams : undefined,
      ...addressProps(def, sound),
    }),
  ];
  if (!isHda) return parts;
  const types = sound.codecs.length > 0 ? sound.codecs.map((c) => c.type) : (["duplex"] as const);
  for (const [cad, type] of types.entries()) {
    parts.push(devicePart({ driver: codecs[type], id: `${id}-codec${cad}`, bus: `${id}.0`, cad, audiodev }));
  }
  return parts;
}
