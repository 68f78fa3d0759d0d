import type { Panic } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { type DeviceContext, devicePart, type Part } from "./parts.ts";

/** Other models are options of CPU or machine, or always there. */
export function panicParts(panic: Panic, { def }: DeviceContext): Part[] {
  switch (panic.model) {
    case "isa": {
      const ioport = panic.address?.type === "isa" ? panic.address.iobase : undefined;
      return [devicePart({ driver: "pvpanic", ioport })];
    }
    case "pvpanic":
      return [devicePart({ driver: "pvpanic-pci", ...addressProps(def, panic) })];
    default:
      return [];
  }
}
