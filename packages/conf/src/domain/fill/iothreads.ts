import type { DomainSyntax } from "../domain.ts";
import { xmlError } from "../errors.ts";

/** More threads than any host runs; the numbers are listed one by one. */
const most = 16_384;

/** Numbers of the guest's I/O threads: those written, else 1 up to the count. */
export function iothreadIds(def: Pick<DomainSyntax, "iothreads" | "iothreadids">): number[] {
  const written = def.iothreadids?.iothreads.map(({ id }) => id) ?? [];
  for (let id = 1; written.length < (def.iothreads ?? 0); id++) if (!written.includes(id)) written.push(id);
  return written;
}

/** Count and list agree: missing numbers are added to a list that was begun, the count covers the list. */
export function fillIothreads(def: DomainSyntax): void {
  if ((def.iothreads ?? 0) > most) throw xmlError(`invalid iothreads count '${def.iothreads}'`);
  const listed = def.iothreadids?.iothreads;
  if (!listed || listed.length === 0) return;
  for (const id of iothreadIds(def)) {
    if (!listed.some((each) => each.id === id)) listed.push({ id });
  }
  def.iothreads = listed.length;
}
