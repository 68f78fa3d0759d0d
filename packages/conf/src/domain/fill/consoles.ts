import type { DomainDef } from "../def.ts";
import type { Devices } from "../devices/devices.ts";
import type { Console, Serial } from "../devices/serial.ts";

const shown = new Set(["none", "isa-serial", "spapr-vio-serial", "system-serial", "sclp-serial"]);

/**
 * On full machines the first console is the first serial port, whichever of the two was written.
 * @returns the serial port that had to be added
 */
export function fillConsoles(def: DomainDef): Serial | undefined {
  if (def.os.type.name !== "hvm") return undefined;
  const { consoles, serials } = def.devices;
  const first = consoles[0];
  const serial = serials[0];
  let added: Serial | undefined;
  if (first && isSerial(first)) {
    // The console as written becomes the port; a stub that points at it stays.
    if (!serial) {
      added = {
        source: first.source,
        target: { type: "none", port: 0 },
        ...(first.address && { address: first.address }),
      };
      serials.push(added);
    }
    consoles[0] = twinOf(serials[0] ?? { source: first.source });
  } else if (
    serial &&
    consoles.every((each) => !isSerial(each)) &&
    shown.has(serial.target?.type ?? "none")
  ) {
    consoles.unshift(twinOf(serial));
  }
  for (const [port, each] of consoles.entries()) each.target = { type: "serial", ...each.target, port };
  return added;
}

/** The devices with the first console as its serial port is by now. */
export function withTwin(devices: Devices): Devices {
  const { serials, consoles } = devices;
  const [serial] = serials;
  const [first, ...others] = consoles;
  if (!serial || !first || !isSerial(first)) return devices;
  return {
    ...devices,
    consoles: [{ ...twinOf(serial), ...(serial.address && { address: serial.address }) }, ...others],
  };
}

const isSerial = ({ target }: Console): boolean => target?.type === undefined || target.type === "serial";

/** The console that stands for a serial port; what it shares with it in the guest is shown, not kept twice. */
function twinOf({ source, target, alias }: Serial): Console {
  return {
    source,
    target: { type: "serial", port: target?.port ?? 0 },
    ...(alias !== undefined && { alias }),
  };
}
