import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { type DomainDef, iothreadIds } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  affected,
  cpuMap,
  cpusOf,
  cputuneOf,
  findDomain,
  type RemoteHandlers,
  refuseBoth,
} from "@libvirt-ts/hypervisor";
import { readTypedParams } from "@libvirt-ts/protocol";
import { badArgument } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { changeDomain, definitionOf } from "./change.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;

/** Threads that do a guest's input and output. */
export function iothreadHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainGetIothreadInfo({ dom, flags }) {
      checkFlags(flags, IMPACT, "testDomainGetIOThreadInfo", ErrorDomain.TEST);
      const def = definitionOf(find(dom), flags);
      const count = def.vcpu.current ?? def.vcpu.count;
      const info = iothreadIds(def).map((id) => {
        const cpus = def.cputune?.iothreadpins.find((pin) => pin.iothread === id)?.cpuset;
        const all = Array.from({ length: count }, (_, cpu) => cpu);
        return { iothreadId: id, cpumap: cpuMap(cpus ?? all, Math.max(count, (cpus?.at(-1) ?? 0) + 1)) };
      });
      return { info, ret: info.length };
    },
    domainAddIothread({ dom, iothreadId: id, flags }) {
      checkFlags(flags, IMPACT, "testDomainAddIOThread", ErrorDomain.TEST);
      requireId(id);
      refuseBoth(flags);
      changeDomain(find(dom), flags, (def) => {
        if (iothreadIds(def).includes(id)) throw unfit(`an IOThread is already using iothread_id '${id}'`);
        setThreads(def, [...threadsOf(def), { id }]);
      });
      if (affected(find(dom), flags).live) addedOf(driver, find(dom)).add(id);
    },
    domainDelIothread({ dom, iothreadId: id, flags }) {
      checkFlags(flags, IMPACT, "testDomainDelIOThread", ErrorDomain.TEST);
      refuseBoth(flags);
      requireId(id);
      changeDomain(find(dom), flags, (def) => {
        if (!iothreadIds(def).includes(id)) throw unfit(`cannot find IOThread '${id}' in iothreadids list`);
        setThreads(
          def,
          threadsOf(def).filter((thread) => thread.id !== id),
        );
        const tune = cputuneOf(def);
        tune.iothreadpins = tune.iothreadpins.filter((pin) => pin.iothread !== id);
      });
      if (affected(find(dom), flags).live) addedOf(driver, find(dom)).delete(id);
    },
    domainPinIothread({ dom, iothreadsId: id, cpumap, flags }) {
      checkFlags(flags, IMPACT, "testDomainPinIOThread", ErrorDomain.TEST);
      const cpuset = cpusOf(cpumap);
      if (cpuset.length === 0) throw badArgument("Empty iothread cpumap list for pinning");
      changeDomain(find(dom), flags, (def) => {
        if (!iothreadIds(def).includes(id)) throw badArgument(`iothreadid ${id} not found`);
        const tune = cputuneOf(def);
        const others = tune.iothreadpins.filter((pin) => pin.iothread !== id);
        tune.iothreadpins = [...others, { iothread: id, cpuset: [...cpuset] }];
      });
    },
    domainSetIothreadParams({ dom, iothreadId: id, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetIOThreadParams", ErrorDomain.TEST);
      const types = { poll_max_ns: "ullong", poll_grow: "uint", poll_shrink: "uint" } as const;
      requireId(id);
      const { poll_max_ns: max, poll_grow: grow, poll_shrink: shrink } = readTypedParams(params, types);
      changeDomain(find(dom), flags, (def) => {
        const threads = threadsOf(def);
        const thread = threads.find((each) => each.id === id);
        if (!thread) throw badArgument(`cannot find IOThread '${id}' in iothreadids`);
        thread.poll = {
          ...thread.poll,
          ...(max !== undefined && { max }),
          ...(grow !== undefined && { grow: BigInt(grow) }),
          ...(shrink !== undefined && { shrink: BigInt(shrink) }),
        };
        setThreads(def, threads);
      });
    },
  };
}

function addedOf({ addedThreads }: TestDriver, domain: TestDomain): Set<number> {
  const known = addedThreads.get(domain) ?? new Set();
  addedThreads.set(domain, known);
  return known;
}

function requireId(id: number): void {
  if (id === 0) throw badArgument("invalid value of 0 for iothread_id");
}

type Thread = NonNullable<DomainDef["iothreadids"]>["iothreads"][number];

/** All threads, those that were only counted too. */
export const threadsOf = (def: DomainDef): Thread[] =>
  iothreadIds({ ...def, iothreadids: { iothreads: [...(def.iothreadids?.iothreads ?? [])] } }).map(
    (id) => def.iothreadids?.iothreads.find((each) => each.id === id) ?? { id },
  );

function setThreads(def: DomainDef, threads: Thread[]): void {
  def.iothreadids = { iothreads: threads };
  def.iothreads = threads.length;
}

const unfit = (detail: string): VirError => new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, detail);
