import {
  attr,
  child,
  element,
  type Fields,
  type Infer,
  int,
  missingAttribute,
  positive,
  str,
  uint,
  variant,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { anyInteger, filePath, uint8, uint32 } from "../../types.ts";
import { attrOneOf } from "../words.ts";

const Settings = element(
  "settings",
  {
    frequency: attr("frequency", uint32(positive)),
    channels: attr("channels", uint32(positive)),
    format: attrOneOf("format", ["s8", "u8", "s16", "u16", "s32", "u32", "f32"]),
  },
  { keepEmpty: true },
);

const common = {
  mixingEngine: attr("mixingEngine", yesNo),
  fixedSettings: attr("fixedSettings", yesNo),
  voices: attr("voices", uint32(positive)),
  bufferLength: attr("bufferLength", uint32(positive)),
};

/** Both directions of a backend have the same settings of their own. Fixed ones are shown, though none is said. */
const ways = <F extends Fields>(own: F) => {
  const way = <const T extends string>(tag: T) =>
    child(
      element(
        tag,
        { ...common, ...own, settings: child(Settings) },
        {
          read(written: { fixedSettings?: boolean | undefined; settings?: object | undefined }) {
            if (written.fixedSettings) written.settings ??= {};
          },
        },
      ),
    );
  return { input: way("input"), output: way("output") };
};

/** The kind is asked for before the number. */
const needsTypeFirst = (from: XmlElement) =>
  missingAttribute(from.attrs.type === undefined ? "type" : "id", from);

/** Where the sound of the guest goes on the host. */
export const Audio = element("audio", {
  id: attr("id", uint8(positive), { required: true, missing: needsTypeFirst }),
  type: attrOneOf(
    "type",
    ["none", "alsa", "coreaudio", "jack", "oss", "pulseaudio", "sdl", "spice", "file", "dbus", "pipewire"],
    {
      required: true,
    },
  ),
  timerPeriod: attr("timerPeriod", uint32(positive)),
  $backend: variant("type", {
    none: ways({}),
    spice: ways({}),
    alsa: ways({ dev: attr("dev", filePath) }),
    coreaudio: ways({ bufferCount: attr("bufferCount", uint32(uint), { omit: 0 }) }),
    jack: ways({
      serverName: attr("serverName", str),
      clientName: attr("clientName", str),
      connectPorts: attr("connectPorts", str),
      exactName: attr("exactName", yesNo),
    }),
    oss: {
      tryMMap: attr("tryMMap", yesNo),
      exclusive: attr("exclusive", yesNo),
      dspPolicy: attr("dspPolicy", anyInteger(int)),
      ...ways({
        dev: attr("dev", str),
        bufferCount: attr("bufferCount", uint, { omit: 0 }),
        tryPoll: attr("tryPoll", yesNo),
      }),
    },
    pulseaudio: {
      serverName: attr("serverName", str),
      ...ways({
        name: attr("name", str),
        streamName: attr("streamName", str),
        latency: attr("latency", uint32(uint), { omit: 0 }),
      }),
    },
    sdl: {
      driver: attrOneOf("driver", ["esd", "alsa", "arts", "pulseaudio"]),
      ...ways({ bufferCount: attr("bufferCount", uint, { omit: 0 }) }),
    },
    file: { path: attr("path", filePath), ...ways({}) },
    dbus: ways({}),
    pipewire: {
      runtimeDir: attr("runtimeDir", str),
      ...ways({
        name: attr("name", str),
        streamName: attr("streamName", str),
        latency: attr("latency", positive),
      }),
    },
  }),
});
export type Audio = Infer<typeof Audio>;
