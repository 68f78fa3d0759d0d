import type { Serial } from "../devices/serial.ts";

interface Ported {
  target?: { port?: number | undefined } | undefined;
}

/** A port without number follows the highest one before it. */
export function numberPorts(ports: readonly Ported[]): void {
  let highest = -1;
  for (const port of ports) {
    port.target ??= {};
    if (port.target.port === undefined) port.target.port = highest + 1;
    highest = Math.max(highest, port.target.port);
  }
}

/**
 * Gives serial ports their numbers: those written stay, the others take the lowest free ones. Of two
 * built-in ports with the same number the later one gives way.
 */
export function fillSerialPorts(serials: readonly Serial[]): void {
  const taken = new Set<number>();
  const isBuiltIn = ({ target }: Serial) =>
    target?.type === undefined || target.type === "none" || target.type === "isa-serial";
  for (const serial of serials) {
    const port = serial.target?.port;
    if (port === undefined) continue;
    if (isBuiltIn(serial) && taken.has(port)) serial.target = { ...serial.target, port: undefined };
    else taken.add(port);
  }
  for (const serial of serials) {
    if (serial.target?.port !== undefined) continue;
    let port = 0;
    while (taken.has(port)) port++;
    taken.add(port);
    serial.target = { ...serial.target, port };
  }
}
