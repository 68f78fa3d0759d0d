import type { Hub, Input } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, objectPart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

const usbDrivers: Readonly<Record<string, string>> = {
  mouse: "usb-mouse",
  tablet: "usb-tablet",
  keyboard: "usb-kbd",
};
const virtioDrivers: Readonly<Record<string, string>> = {
  mouse: "virtio-mouse",
  tablet: "virtio-tablet",
  keyboard: "virtio-keyboard",
  passthrough: "virtio-input-host",
};

/** Nothing for PS/2 devices: they are part of the board. */
export function inputParts(input: Input, { def }: DeviceContext): Part[] {
  const id = aliasOf(input);
  const { source } = input;
  if (input.type === "evdev") {
    return [
      objectPart({
        "qom-type": "input-linux",
        id,
        evdev: source?.dev,
        repeat: source?.repeat,
        grab_all: source?.grab === "all" ? true : undefined,
        "grab-toggle": source?.grabToggle,
      }),
    ];
  }
  if (input.bus === "usb") {
    return [devicePart({ driver: usbDrivers[input.type], id, ...addressProps(def, input) })];
  }
  const base = virtioDrivers[input.type];
  if (input.bus !== "virtio" || base === undefined) return [];
  return [devicePart({ ...virtioProps(base, input), id, evdev: source?.evdev, ...addressProps(def, input) })];
}

export const hubPart = (hub: Hub, { def }: DeviceContext): Part =>
  devicePart({ driver: "usb-hub", id: aliasOf(hub), ...addressProps(def, hub) });
