import type { Serial } from "../devices/serial.ts";
import { xmlError } from "../errors.ts";

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

/** Serial ports of the kind the platform has built in must differ in their numbers. */
export function fillSerialPorts(serials: readonly Serial[]): void {
  const taken = new Set<number>();
  for (const { target } of serials) {
    const isBuiltIn = target?.type === undefined || target.type === "none" || target.type === "isa-serial";
    if (!isBuiltIn || target?.port === undefined) continue;
    if (taken.has(target.port)) throw xmlError(`duplicate serial port '${target.port}'`);
    taken.add(target.port);
  }
}
