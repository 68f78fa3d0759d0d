import {
  DomainMemoryFlags,
  DomainStatsTypes,
  DomainModificationImpact as Impact,
  ConnectGetAllDomainStatsFlags as StatsFlags,
  DomainMemoryStatTags as Tag,
} from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  findDomain,
  isListed,
  LIST_FLAGS,
  type RemoteHandlers,
  STRING_OKAY,
  stateNumbers,
  wireDomain,
} from "@libvirt-ts/hypervisor";
import { type TypedParam, typed } from "@libvirt-ts/protocol";
import { badArgument, broken } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { definitionOf } from "./change.ts";
import { threadsOf } from "./iothreads.ts";

/** Nanoseconds of all processors together; each has its part. */
const CPU_TIME = 48_772_617_035n;
const VCPU_TIME = 46_303_481_255n;
const USER_TIME = 5_540_000_000n;
const SYSTEM_TIME = 6_460_000_000n;
const LAST_UPDATE = 627_319_920n;
const POLL_MAX_NS = 32_768n;

/** Figures of guests. */
export function statsHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainMemoryStats({ dom, maxStats, flags }) {
      if (maxStats === 0) return { stats: [] }; // as the public function does
      checkFlags(flags, 0, "testDomainMemoryStats", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      if (!hasBalloon(domain.def)) return { stats: [] };
      return { stats: memoryStats(BigInt(domain.def.currentMemoryKiB)).slice(0, maxStats) };
    },
    domainSetMemoryStatsPeriod({ dom, period, flags }) {
      checkFlags(flags, Impact.LIVE | Impact.CONFIG, "testDomainSetMemoryStatsPeriod", ErrorDomain.TEST);
      const domain = find(dom);
      const def = definitionOf(domain, flags);
      const { memballoon } = def.devices;
      if (!memballoon || !hasBalloon(def))
        throw broken("No memory balloon device configured, can not set the collection period");
      memballoon.statsPeriod = period;
    },
    domainGetCpuStats({ dom, nparams, startCpu, ncpus, flags }) {
      checkFlags(flags, STRING_OKAY, "testDomainGetCPUStats", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      if (startCpu === -1) return total(nparams);
      const all = driver.cpuCount;
      if (startCpu >= all) throw badArgument(`start_cpu ${startCpu} larger than maximum of ${all - 1}`);
      if (ncpus === 0) return { params: [], nparams: all };
      if (nparams === 0) return { params: [], nparams: perCpu(0, all).length };
      const cpus = Array.from({ length: Math.min(ncpus, all - startCpu) }, (_, at) => startCpu + at);
      const each = cpus.map((cpu) => perCpu(cpu, all).slice(0, nparams));
      return { params: each.flat(), nparams: each[0]?.length ?? 0 };
    },
    domainMemoryPeek({ dom, offset, size, flags }) {
      const { VIRTUAL, PHYSICAL } = DomainMemoryFlags;
      checkFlags(flags, VIRTUAL | PHYSICAL, "testDomainMemoryPeek", ErrorDomain.TEST);
      if (flags !== VIRTUAL && flags !== PHYSICAL)
        throw badArgument("flags parameter must be VIR_MEMORY_VIRTUAL or VIR_MEMORY_PHYSICAL");
      find(dom).requireActive();
      const first = Number(BigInt.asUintN(8, offset));
      return { buffer: Uint8Array.from({ length: size }, (_, at) => first + at) };
    },
    connectGetAllDomainStats({ doms, stats, flags }) {
      const known = LIST_FLAGS | StatsFlags.BACKING | StatsFlags.ENFORCE_STATS;
      checkFlags(flags, known, "testConnectGetAllDomainStats", ErrorDomain.TEST);
      const supported = Object.keys(groups).reduce((all, bit) => all | Number(bit), 0);
      const unknown = (stats & ~supported) >>> 0;
      if ((flags & StatsFlags.ENFORCE_STATS) !== 0 && unknown !== 0) {
        const detail = `Stats types bits 0x${unknown.toString(16)} are not supported by this daemon`;
        throw new VirError(ErrorDomain.TEST, ErrorCode.ARGUMENT_UNSUPPORTED, detail);
      }
      const wanted = stats === 0 ? supported : stats;
      const domains =
        doms.length > 0 ? doms.map(find) : [...driver.domains].filter((each) => isListed(each, flags));
      const parts = Object.entries(groups).flatMap(([bit, part]) =>
        (wanted & Number(bit)) !== 0 ? [part] : [],
      );
      return {
        retStats: domains.map((domain) => ({
          dom: wireDomain(domain),
          params: parts.flatMap((part) => part(domain, driver)),
        })),
      };
    },
  };
}

const hasBalloon = ({ devices: { memballoon } }: DomainDef): boolean =>
  memballoon !== undefined && memballoon.model !== "none";

/** Of a guest that has so much memory now, in KiB. */
const memoryStats = (current: bigint): { tag: number; val: bigint }[] => [
  { tag: Tag.ACTUAL_BALLOON, val: current },
  { tag: Tag.SWAP_IN, val: 0n },
  { tag: Tag.SWAP_OUT, val: 0n },
  { tag: Tag.MAJOR_FAULT, val: 0n },
  { tag: Tag.MINOR_FAULT, val: 0n },
  { tag: Tag.UNUSED, val: current / 2n },
  { tag: Tag.AVAILABLE, val: current },
  { tag: Tag.USABLE, val: current / 2n },
  { tag: Tag.LAST_UPDATE, val: LAST_UPDATE },
  { tag: Tag.DISK_CACHES, val: current / 8n },
  { tag: Tag.HUGETLB_PGALLOC, val: 0n },
  { tag: Tag.HUGETLB_PGFAIL, val: 0n },
  { tag: Tag.RSS, val: current / 2n },
];

const ullong = (field: string, value: bigint): TypedParam => ({ field, value: typed.ullong(value) });

const perCpu = (cpu: number, all: number): TypedParam[] => [
  ullong("cpu_time", CPU_TIME / BigInt(all) + BigInt(cpu)),
  ullong("vcpu_time", VCPU_TIME / BigInt(all) + BigInt(cpu)),
];

function total(nparams: number): { params: TypedParam[]; nparams: number } {
  const all = [
    ullong("cpu_time", CPU_TIME),
    ullong("user_time", USER_TIME),
    ullong("system_time", SYSTEM_TIME),
  ];
  const params = all.slice(0, nparams);
  return { params, nparams: nparams === 0 ? all.length : params.length };
}

/** Figures by their bit of virDomainStatsTypes. */
const groups: Readonly<Record<number, (domain: TestDomain, driver: TestDriver) => TypedParam[]>> = {
  [DomainStatsTypes.STATE]({ state }) {
    const { state: name, reason } = stateNumbers(state);
    return [
      { field: "state.state", value: typed.int(name) },
      { field: "state.reason", value: typed.int(reason) },
    ];
  },
  [DomainStatsTypes.IOTHREAD](domain, { addedThreads }) {
    const added = addedThreads.get(domain);
    const threads = domain.isActive ? threadsOf(domain.def).filter(({ id }) => added?.has(id)) : [];
    if (threads.length === 0) return [];
    return [
      { field: "iothread.count", value: typed.uint(threads.length) },
      ...threads.flatMap(({ id, poll }) => [
        ullong(`iothread.${id}.poll-max-ns`, poll?.max ?? POLL_MAX_NS),
        { field: `iothread.${id}.poll-grow`, value: typed.uint(Number(poll?.grow ?? 0)) },
        { field: `iothread.${id}.poll-shrink`, value: typed.uint(Number(poll?.shrink ?? 0)) },
      ]),
    ];
  },
};
