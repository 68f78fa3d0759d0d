import type { Serial } from "../devices/serial.ts";
import { internalError } from "../errors.ts";

interface Ported {
  target?: { port?: number | undefined } | undefined;
}

const highest = (ports: readonly Ported[]): number =>
  Math.max(-1, ...ports.map(({ target }) => target?.port ?? -1));

/** A port without number follows the highest one before it. */
export function numberPorts(ports: readonly Ported[]): void {
  for (const [at, each] of ports.entries()) {
    each.target ??= {};
    each.target.port ??= highest(ports.slice(0, at)) + 1;
  }
}

const mostIsaPorts = 4;

/** Serial ports get their numbers; those written to be ISA's come first and share four. */
export function fillSerialPorts(serials: readonly Serial[]): void {
  const isa = serials.flatMap(({ target }) => (target?.type === "isa-serial" ? [target] : []));
  const taken = new Set<number>();
  for (const { port } of isa) {
    if (isa.length > mostIsaPorts || (port !== undefined && port >= mostIsaPorts))
      throw internalError(`Maximum supported number of ISA serial ports is '${mostIsaPorts}'`);
    if (port === undefined) continue;
    if (taken.has(port)) throw internalError(`target port '${port}' already allocated`);
    taken.add(port);
  }
  for (const target of isa) {
    if (target.port !== undefined) continue;
    target.port = 0;
    while (taken.has(target.port)) target.port++;
    taken.add(target.port);
  }
  for (const each of serials) {
    each.target ??= {};
    each.target.port ??= highest(serials) + 1;
  }
}
