import type { Watchdog } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, optionPart, type Part } from "./parts.ts";

/** One action holds for all watchdogs of a guest. */
export function watchdogParts(watchdogs: readonly Watchdog[], { def }: DeviceContext): Part[] {
  const parts: Part[] = [];
  for (const watchdog of watchdogs) {
    if (watchdog.model === "itco") {
      // The chipset's own one is strapped off unless told otherwise.
      parts.push(optionPart("-global", "ICH9-LPC.noreboot=off"));
    } else
      parts.push(
        devicePart({ driver: watchdog.model, id: aliasOf(watchdog), ...addressProps(def, watchdog) }),
      );
  }
  const [first] = watchdogs;
  if (first !== undefined) {
    // QEMU cannot dump by itself: it pauses and we dump.
    const action = first.action === "dump" ? "pause" : first.action;
    parts.push(optionPart("-watchdog-action", action));
  }
  return parts;
}
