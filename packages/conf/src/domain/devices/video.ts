import {
  attr,
  byNumber,
  child,
  element,
  fixed,
  type Infer,
  onlyYes,
  onOff,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { cleanAbsPath } from "../../types.ts";
import { unsupported } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

/** How switches are told here: by number. */
const tristate = ["undefined", "true", "false"];

const Acceleration = element(
  "acceleration",
  {
    accel3d: fixed(byNumber("video card 3d accel", tristate), attr("accel3d", yesNo)),
    accel2d: fixed(byNumber("video card 2d accel", tristate), attr("accel2d", yesNo)),
    rendernode: attr("rendernode", cleanAbsPath),
  },
  {
    read(written) {
      if (Object.keys(written).length === 0) throw unsupported("missing values for acceleration");
    },
  },
);

const VideoModel = element("model", {
  type: fixed(
    "video card model",
    attrOneOf(
      "type",
      [
        "default",
        "vga",
        "cirrus",
        "vmvga",
        "xen",
        "vbox",
        "qxl",
        "parallels",
        "virtio",
        "gop",
        "none",
        "bochs",
        "ramfb",
      ],
      { default: "default", strict: { required: true } },
    ),
  ),
  ram: fixed("video card ram", attr("ram", uint, { omit: 0 })),
  vram: fixed("video card vram", attr("vram", uint, { omit: 0 })),
  vram64: fixed("video card vram64", attr("vram64", uint, { omit: 0 })),
  vgamem: fixed("video card vgamem", attr("vgamem", uint, { omit: 0 })),
  heads: fixed("video card heads", attr("heads", uint, { omit: 0 })),
  primary: attr("primary", onlyYes, { omit: false }),
  blob: attr("blob", onOff),
  edid: attr("edid", onOff),
  acceleration: fixed("Target video card acceleration does not match source", child(Acceleration)),
  resolution: child(
    element("resolution", {
      x: attr("x", uint, { required: true }),
      y: attr("y", uint, { required: true }),
    }),
  ),
});

const VideoDriver = element("driver", {
  ...virtioOptions,
  name: attrOneOf("name", ["qemu", "vhostuser"]),
  vgaconf: attrOneOf("vgaconf", ["io", "on", "off"]),
});

/** A graphics card; memory in KiB. */
export const Video = element(
  "video",
  {
    driver: child(VideoDriver),
    model: child(VideoModel),
    ...info,
  },
  {
    keepEmpty: true,
    read(video) {
      video.model ??= { type: "default" };
      if (video.model.type !== "none") video.model.heads ??= 1;
    },
  },
);
export type Video = Infer<typeof Video>;
export type VideoModel = Infer<typeof VideoModel>;
