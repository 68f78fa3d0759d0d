import type { Redirdev, Redirfilter } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { bootIndexOf } from "./boot-index.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";

export function redirdevParts(redirdev: Redirdev, context: DeviceContext): Part[] {
  const alias = aliasOf(redirdev);
  const chardev = `char${alias}`;
  const filter = context.def.devices.redirfilter;
  return [
    ...chardevParts(chardev, redirdev.source, context),
    devicePart({
      driver: "usb-redir",
      chardev,
      id: alias,
      filter: filter === undefined ? undefined : filterText(filter),
      bootindex: bootIndexOf(redirdev, context),
      ...addressProps(context.def, redirdev),
    }),
  ];
}

/** `class:vendor:product:version:allow|…`, -1 for any. */
const filterText = ({ usbdevs }: Redirfilter): string =>
  usbdevs
    .map(({ class: kind, vendor, product, version, allow }) => {
      const number = (text: string | undefined, width: number) =>
        text === undefined || text === "-1"
          ? "-1"
          : `0x${Number(text).toString(16).toUpperCase().padStart(width, "0")}`;
      const bcd = version === undefined || version === "-1" ? "-1" : versionNumber(version);
      return [number(kind, 2), number(vendor, 4), number(product, 4), bcd, allow ? "1" : "0"].join(":");
    })
    .join("|");

/** `1.10` is 0x0110: binary coded decimals. */
function versionNumber(text: string): string {
  const [major = "0", minor = "0"] = text.split(".");
  return `0x${major.padStart(2, "0")}${minor.padEnd(2, "0")}`;
}
