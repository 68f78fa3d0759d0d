import {
  absentIs,
  attr,
  attrOf,
  child,
  element,
  fixed,
  type Infer,
  list,
  positive,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { uint8 } from "../../types.ts";
import { unsupported } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const unknownCodec = (text: string) => unsupported(`unknown codec type '${text}'`);
const Codec = element("codec", {
  type: attrOneOf("type", ["duplex", "micro", "output"], {
    required: true,
    refuse: unknownCodec,
    missing: () => unknownCodec("(null)"),
  }),
});

/** A sound card. */
export const Sound = element(
  "sound",
  {
    model: fixed(
      "sound card model",
      attrOneOf("model", ["es1370", "sb16", "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio"], {
        required: true,
      }),
    ),
    multichannel: fixed(
      absentIs("default", "Target sound card multichannel setting '%t' does not match source '%s'"),
      attr("multichannel", yesNo),
    ),
    streams: attr("streams", positive),
    codecs: list(Codec),
    audio: attrOf("audio", "id", uint8(uint), { required: true }),
    ...info,
    driver: child(element("driver", virtioOptions)),
  },
  {
    read(sound) {
      if (sound.model !== "ich6" && sound.model !== "ich9") sound.codecs = [];
      if (sound.model !== "usb") sound.multichannel = undefined;
      if (sound.model !== "virtio") sound.streams = undefined;
    },
  },
);
export type Sound = Infer<typeof Sound>;
