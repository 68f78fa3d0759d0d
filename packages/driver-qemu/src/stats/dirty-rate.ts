import { DomainDirtyRateStatus } from "@libvirt-ts/api";
import { typed } from "@libvirt-ts/protocol";
import type { Fields, StatsContext } from "./groups.ts";

/** By QEMU's words. */
const statuses: Readonly<Record<string, number>> = {
  unstarted: DomainDirtyRateStatus.UNSTARTED,
  measuring: DomainDirtyRateStatus.MEASURING,
  measured: DomainDirtyRateStatus.MEASURED,
};

/** `dirtyrate.*`: how fast the guest writes to its memory, as last measured. */
export async function dirtyRateStats({ monitor }: StatsContext): Promise<Fields> {
  if (!monitor) return {};
  const rate = await monitor.queryDirtyRate();
  const status = statuses[rate.status] ?? DomainDirtyRateStatus.UNSTARTED;
  const measured = status === DomainDirtyRateStatus.MEASURED ? rate["dirty-rate"] : undefined;
  const fields: Fields = {
    "dirtyrate.calc_status": typed.int(status),
    "dirtyrate.calc_start_time": typed.llong(BigInt(rate["start-time"])),
    "dirtyrate.calc_period": typed.int(rate["calc-time"]),
    "dirtyrate.megabytes_per_second": measured === undefined ? undefined : typed.llong(BigInt(measured)),
    "dirtyrate.calc_mode": typed.string(rate.mode),
  };
  if (status !== DomainDirtyRateStatus.MEASURED) return fields;
  for (const { id, "dirty-rate": perSecond } of rate["vcpu-dirty-rate"] ?? [])
    fields[`dirtyrate.vcpu.${id}.megabytes_per_second`] = typed.ullong(BigInt(perSecond));
  return fields;
}
