import { attr, child, element, fixed, type Infer, onOff } from "@libvirt-ts/xml";
import { cleanAbsPath } from "../../types.ts";
import { internalError, unsupported } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const InputSource = element("source", {
  dev: attr("dev", cleanAbsPath),
  evdev: attr("evdev", cleanAbsPath),
  grab: attrOneOf("grab", ["all"]),
  grabToggle: attrOneOf("grabToggle", [
    "ctrl-ctrl",
    "alt-alt",
    "shift-shift",
    "meta-meta",
    "scrolllock",
    "ctrl-scrolllock",
  ]),
  repeat: attr("repeat", onOff),
});

/** Keyboard, mouse, tablet, or an input device handed through from the host. */
export const Input = element(
  "input",
  {
    type: fixed(
      "input device type",
      attrOneOf("type", ["mouse", "tablet", "keyboard", "passthrough", "evdev"], {
        required: true,
        refuse: (text) => unsupported(`unknown input device type '${text}'`),
        missing: () => internalError("missing input device type"),
      }),
    ),
    bus: fixed(
      "input device bus",
      attrOneOf("bus", ["ps2", "usb", "xen", "parallels", "none", "virtio"], {
        omit: "none",
        refuse: (text) => unsupported(`unknown input bus type '${text}'`),
      }),
    ),
    model: fixed(
      "input model",
      attrOneOf("model", ["virtio", "virtio-transitional", "virtio-non-transitional"], {
        refuse: (text) => unsupported(`unknown input model '${text}'`),
      }),
    ),
    driver: child(element("driver", virtioOptions)),
    source: child(InputSource),
    ...info,
  },
  {
    read(input) {
      const { source } = input;
      if (input.type === "passthrough" && source) input.source = { evdev: source.evdev };
      else if (input.type === "evdev" && source) source.evdev = undefined;
      else input.source = undefined;
    },
  },
);
export type Input = Infer<typeof Input>;
