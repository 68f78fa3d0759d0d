import { typed } from "@libvirt-ts/protocol";
import type { Fields, StatsContext } from "./groups.ts";

/** The number in QEMU's name of one: `iothread3`. */
export const iothreadNumber = (id: string): number => Number(/^iothread(\d+)$/.exec(id)?.[1] ?? 0);

/** `iothread.*`; nothing when a guest has none. */
export async function iothreadStats({ def, monitor }: StatsContext): Promise<Fields> {
  if (!monitor || !def.iothreads) return {};
  const threads = await monitor.queryIothreads();
  const fields: Fields = { "iothread.count": typed.uint(threads.length) };
  for (const thread of threads) {
    const prefix = `iothread.${iothreadNumber(thread.id)}.`;
    fields[`${prefix}poll-max-ns`] = typed.ullong(BigInt(thread["poll-max-ns"]));
    fields[`${prefix}poll-grow`] = typed.uint(thread["poll-grow"]);
    fields[`${prefix}poll-shrink`] = typed.uint(thread["poll-shrink"]);
  }
  return fields;
}
