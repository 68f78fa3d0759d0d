import type { DomainDef } from "../def.ts";
import type { Console, Serial } from "../devices/serial.ts";

const shown = new Set(["none", "isa-serial", "spapr-vio-serial", "system-serial", "sclp-serial"]);

/** On full machines the first console is the first serial port, whichever of the two was written. */
export function fillConsoles(def: DomainDef): void {
  if (def.os.type.name !== "hvm") return;
  const { consoles, serials } = def.devices;
  const first = consoles[0];
  const serial = serials[0];
  if (first && isSerial(first)) {
    if (!serial) {
      // The console as written becomes the port; a stub that points at it stays.
      serials.push({ source: first.source, target: { type: "none", port: 0 } });
      consoles[0] = twinOf(serials[0] ?? { source: first.source });
    } else consoles[0] = { ...twinOf(serial), ...(first.alias !== undefined && { alias: first.alias }) };
  } else if (
    serial &&
    consoles.every((each) => !isSerial(each)) &&
    shown.has(serial.target?.type ?? "none")
  ) {
    consoles.unshift(twinOf(serial));
  }
  for (const [port, each] of consoles.entries()) each.target = { type: "serial", ...each.target, port };
}

const isSerial = ({ target }: Console): boolean => target?.type === undefined || target.type === "serial";

/** The console that stands for a serial port: same host side, same name. */
export function twinOf(serial: Serial): Console {
  return {
    source: serial.source,
    target: { type: "serial", port: 0 },
    ...(serial.alias !== undefined && { alias: serial.alias }),
  };
}
