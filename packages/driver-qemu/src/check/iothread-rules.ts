import { type Disk, type DomainDef, iothreadIds } from "@libvirt-ts/conf/domain";

type Driver = Pick<NonNullable<Disk["driver"]>, "iothread" | "iothreads" | "queues">;
type Mapping = NonNullable<Driver["iothreads"]>["iothreads"];

/**
 * Whether a device's I/O threads exist, and serve each of its queues exactly once.
 * @param missing what to say of a single thread the guest does not have
 */
export function iothreadRule(
  def: DomainDef,
  driver: Driver | undefined,
  missing: (id: number) => string,
): string | undefined {
  if (driver?.iothread === undefined && driver?.iothreads === undefined) return undefined;
  const known = new Set(iothreadIds(def));
  const single = driver?.iothread;
  if (single !== undefined && !known.has(single)) return missing(single);
  const mapped = driver?.iothreads?.iothreads ?? [];
  return mapped.length === 0 ? undefined : mappingRule(mapped, known, driver?.queues ?? 0);
}

function mappingRule(mapped: Mapping, known: ReadonlySet<number>, queues: number): string | undefined {
  const isExplicit = (mapped[0]?.queues.length ?? 0) > 0;
  if (isExplicit && queues === 0)
    return "'queue' count must be configured for explicit iothread to queue mapping";
  const seen = new Set<number>();
  const taken = new Set<number>();
  for (const { id, queues: own } of mapped) {
    if (!known.has(id)) return `iothread '${id}' not defined in iothreadid`;
    if (seen.has(id)) return `duplicate mapping for iothread '${id}'`;
    seen.add(id);
    if (own.length > 0 !== isExplicit)
      return "iothread to queue mapping must be provided for all iothreads or for none";
    for (const { id: queue } of own) {
      if (queue >= queues) return `iothread queue '${queue}' mapping out of range`;
      if (taken.has(queue)) return `iothread queue '${queue}' is already assigned`;
      taken.add(queue);
    }
  }
  if (!isExplicit) return undefined;
  for (let queue = 0; queue < queues; queue++)
    if (!taken.has(queue)) return `missing iothread mapping for queue '${queue}'`;
  return undefined;
}
