import type { DomainDef } from "../def.ts";
import { internalError, unsupported, xmlDetail, xmlError } from "../errors.ts";
import { iothreadIds } from "../fill/iothreads.ts";
import { checkNuma } from "./numa.ts";
import { refuseTwice } from "./twice.ts";

const microseconds = { min: 1000, max: 1_000_000 };
/** Quotas are told to the kernel in nanoseconds, which have 64 bits. */
const quotas = { min: 1000n, max: 17_592_186_044_415n };

/** How CPUs, memory and threads are shared out: within bounds, nothing twice. */
export function checkTuning(def: DomainDef): void {
  checkIothreads(def);
  checkBandwidths(def);
  checkSchedulers(def);
  checkNuma(def);
  checkVcpus(def);
  checkBlkio(def);
}

function checkIothreads(def: DomainDef): void {
  const ids = new Set(iothreadIds(def));
  for (const { iothreads } of def.cputune?.iothreadscheds ?? [])
    for (const id of iothreads) if (!ids.has(id)) throw unsupported(`Cannot find 'iothread' : ${id}`);
  for (const { iothread } of def.cputune?.iothreadpins ?? [])
    if (!ids.has(iothread)) throw unsupported(`Cannot find 'iothread' : ${iothread}`);
  const pinned = def.cputune?.iothreadpins.map(({ iothread }) => iothread) ?? [];
  refuseTwice(pinned, (id) => internalError(`duplicate iothreadpin for same iothread '${id}'`));
  const seen = new Set<number>();
  for (const thread of def.iothreadids?.iothreads ?? []) {
    if (seen.has(thread.id)) throw xmlError(`duplicate iothread id '${thread.id}' found`);
    seen.add(thread.id);
    checkPool(thread);
  }
  if (def.defaultiothread) checkPool(def.defaultiothread);
}

interface ThreadPool {
  threadPoolMin?: number | undefined;
  threadPoolMax?: number | undefined;
}

function checkPool({ threadPoolMin, threadPoolMax }: ThreadPool): void {
  if (threadPoolMin !== undefined && threadPoolMax !== undefined && threadPoolMin > threadPoolMax)
    throw unsupported("thread_pool_min must be smaller or equal to thread_pool_max");
}

function checkBandwidths({ cputune }: DomainDef): void {
  if (!cputune) return;
  const { period, quota, globalPeriod, globalQuota, emulatorPeriod, emulatorQuota } = cputune;
  const { iothreadPeriod, iothreadQuota } = cputune;
  for (const [name, value] of [
    ["period", period],
    ["global_period", globalPeriod],
    ["emulator_period", emulatorPeriod],
    ["iothread_period", iothreadPeriod],
  ] as const)
    if (value && (value < microseconds.min || value > microseconds.max))
      throw outside(name, microseconds.min, microseconds.max);
  // A negative one stands for none.
  for (const [name, value] of [
    ["quota", quota],
    ["global_quota", globalQuota],
    ["emulator_quota", emulatorQuota],
    ["iothread_quota", iothreadQuota],
  ] as const)
    if (value && BigInt(value) > 0n && (BigInt(value) < quotas.min || BigInt(value) > quotas.max))
      throw outside(name, quotas.min, quotas.max);
}

const outside = (name: string, min: number | bigint, max: number | bigint) =>
  unsupported(`Value of cputune '${name}' must be in range [${min}, ${max}]`);

function checkSchedulers({ cputune }: DomainDef): void {
  const overlap = (lists: readonly (readonly number[])[]) => {
    const all = lists.flat();
    return new Set(all).size < all.length;
  };
  if (overlap((cputune?.vcpuscheds ?? []).map(({ vcpus }) => vcpus)))
    throw xmlDetail("'vcpusched' attributes 'vcpus' must not overlap");
  if (overlap((cputune?.iothreadscheds ?? []).map(({ iothreads }) => iothreads)))
    throw xmlDetail("'iothreadsched' attributes 'iothreads' must not overlap");
}

function checkVcpus({ vcpu, vcpuList }: DomainDef): void {
  for (const { id, enabled, hotpluggable } of vcpuList?.vcpus ?? []) {
    if (id >= vcpu.count) throw xmlError(`vcpu id '${id}' is out of range of maximum vcpu count`);
    if (!enabled && hotpluggable === false)
      throw unsupported(`vcpu '${id}' is both offline and not hotpluggable`);
  }
}

function checkBlkio({ blkiotune, perf }: DomainDef): void {
  const paths = blkiotune?.devices.map(({ path = "" }) => path) ?? [];
  refuseTwice(paths, (path) => unsupported(`duplicate blkio device path '${path}'`));
  const events = perf?.events.map(({ name }) => name) ?? [];
  refuseTwice(events, (name) => xmlError(`perf event '${name}' was already specified`));
}
