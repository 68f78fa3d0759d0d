import type { Audio } from "../devices/audio.ts";
import type { Devices } from "../devices/devices.ts";
import type { Video } from "../devices/video.ts";
import { unsupported, xmlError } from "../errors.ts";

/** What is seen and heard of a guest. */
export function checkDisplay({ videos, audios, sounds, graphics }: Devices): void {
  for (const video of videos) checkVideo(video);
  if (videos.length > 1 && videos.some(({ model }) => model?.type === "none"))
    throw unsupported("a 'none' video type must be the only video device defined for the domain");
  const ids = new Set<number>();
  for (const audio of audios) {
    if (ids.has(audio.id)) throw xmlError(`audio ID ${audio.id} is used multiple times`);
    ids.add(audio.id);
    checkAudio(audio);
  }
  const users = [...sounds.map(({ audio }) => audio), ...graphics.map(audioOf)];
  const missing = users.find((id) => id !== undefined && !ids.has(id));
  if (missing !== undefined) throw xmlError(`no audio device with ID ${missing}`);
}

const audioOf = (display: Devices["graphics"][number]): number | undefined =>
  display.type === "vnc" ? display.audio : undefined;

function checkVideo({ driver, model, address }: Video): void {
  const type = model?.type ?? "default";
  if (driver?.name === "vhostuser") {
    if (type !== "virtio") throw unsupported("'vhostuser' driver is only supported with 'virtio' device");
  } else if (model?.acceleration?.rendernode !== undefined)
    throw unsupported("unsupported rendernode accel attribute without 'vhostuser'");
  if (type === "ramfb" && address) throw unsupported("address not supported for video type ramfb");
  const { resolution } = model ?? {};
  if (resolution && (resolution.x === 0 || resolution.y === 0))
    throw unsupported("video resolution values must be greater than 0");
  if (type !== "qxl") {
    const only = (name: "ram" | "vram64" | "vgamem") => {
      if (model?.[name]) throw unsupported(`${name} attribute only supported for video type qxl`);
    };
    only("ram");
    only("vram64");
    only("vgamem");
  }
  if (type !== "virtio" && model?.blob !== undefined)
    throw unsupported(`video type '${type}' does not support blob resources`);
}

function checkAudio(audio: Audio): void {
  for (const way of ["input", "output"] as const) {
    const side = way in audio ? (audio as Record<typeof way, Audio["input"]>)[way] : undefined;
    if (!side) continue;
    if (side.fixedSettings && side.mixingEngine !== true)
      throw unsupported("fixed audio settings requires mixing engine");
    if (side.settings && !side.fixedSettings)
      throw unsupported("audio settings specified without fixed settings flag");
  }
}
