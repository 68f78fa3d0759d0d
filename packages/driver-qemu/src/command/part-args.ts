import type { QemuCaps } from "../caps/qemu-caps.ts";
import type { Part } from "../device/parts.ts";
import { escapeCommas, optionText, propsText, toJson } from "./text.ts";

/** How a part is spelled on the command line of this QEMU. */
export function partArgs(part: Part, { flags }: QemuCaps): readonly string[] {
  switch (part.kind) {
    case "object":
    case "blockdev":
    case "audiodev":
      return [`-${part.kind}`, toJson(part.props)];
    case "netdev":
      return ["-netdev", flags.has("netdev.json") ? toJson(part.props) : propsText(part.props, "type")];
    case "device":
      return [
        "-device",
        flags.has("device.json+hotplug") ? toJson(part.props) : propsText(part.props, "driver"),
      ];
    case "add-fd":
      return ["-add-fd", `set=${part.set},fd=${part.fd},opaque=${escapeCommas(part.opaque)}`];
    case "chardev":
      return ["-chardev", optionText(part.backend, [["id", part.id], ...part.options])];
    case "option":
      return part.args;
  }
}
