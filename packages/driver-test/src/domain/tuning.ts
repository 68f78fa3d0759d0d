import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import {
  blkioParameters,
  blkioTypes,
  findDomain,
  memoryLimitTypes,
  memoryParameters,
  numaParameters,
  numaTypes,
  paramsReply,
  perfEvents,
  type RemoteHandlers,
  refuseBoth,
  STRING_OKAY,
  setBlkio,
  setMemoryLimits,
  setNuma,
} from "@libvirt-ts/hypervisor";
import { readTypedParams, type TypedParam, typed } from "@libvirt-ts/protocol";
import type { TestDriver } from "../test-driver.ts";
import { changeDomain, definitionOf } from "./change.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const READ_FLAGS = IMPACT | STRING_OKAY;

/** The one parameter of the scheduler. It takes any weight and keeps none. */
const weight: TypedParam = { field: "weight", value: typed.uint(50) };
const perfTypes = Object.fromEntries(perfEvents.map((event) => [event, "boolean"] as const));

/** Limits and shares of what the host has. How many there are is told without a look at the domain. */
export function tuningHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  const read = (dom: Parameters<typeof findDomain>[1], flags: number): DomainDef =>
    definitionOf(find(dom), flags);
  const setWeight = (dom: Parameters<typeof findDomain>[1], params: readonly TypedParam[]) => {
    readTypedParams(params, { weight: "uint" });
    find(dom);
  };
  return {
    domainGetSchedulerType: () => ({ type: "fair", nparams: 1 }),
    domainGetSchedulerParameters({ dom, nparams }) {
      find(dom);
      return { params: [weight].slice(0, nparams) };
    },
    domainGetSchedulerParametersFlags({ dom, nparams, flags }) {
      checkFlags(flags, 0, "testDomainGetSchedulerParametersFlags", ErrorDomain.TEST);
      find(dom);
      return { params: [weight].slice(0, nparams) };
    },
    domainSetSchedulerParameters: ({ dom, params }) => setWeight(dom, params),
    domainSetSchedulerParametersFlags({ dom, params, flags }) {
      checkFlags(flags, 0, "testDomainSetSchedulerParametersFlags", ErrorDomain.TEST);
      setWeight(dom, params);
    },
    domainGetBlkioParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "testDomainGetBlkioParameters", ErrorDomain.TEST);
      const tune = nparams === 0 ? undefined : read(dom, flags).blkiotune;
      return paramsReply(blkioParameters(tune), { nparams, flags });
    },
    domainSetBlkioParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetBlkioParameters", ErrorDomain.TEST);
      refuseBoth(flags);
      const wanted = readTypedParams(params, blkioTypes);
      changeDomain(find(dom), flags, (def) => setBlkio(def, wanted));
    },
    domainGetMemoryParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "testDomainGetMemoryParameters", ErrorDomain.TEST);
      const tune = nparams === 0 ? undefined : read(dom, flags).memtune;
      return paramsReply(memoryParameters(tune), { nparams, flags });
    },
    domainSetMemoryParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetMemoryParameters", ErrorDomain.TEST);
      const wanted = readTypedParams(params, memoryLimitTypes);
      changeDomain(find(dom), flags, (def) => setMemoryLimits(def, wanted, ErrorDomain.TEST));
    },
    domainGetNumaParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "testDomainGetNumaParameters", ErrorDomain.TEST);
      const def = nparams === 0 ? {} : read(dom, flags);
      return paramsReply(numaParameters(def), { nparams, flags });
    },
    domainSetNumaParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetNumaParameters", ErrorDomain.TEST);
      const wanted = readTypedParams(params, numaTypes);
      changeDomain(find(dom), flags, (def) => setNuma(def, wanted, ErrorDomain.TEST));
    },
    domainGetPerfEvents({ dom, flags }) {
      checkFlags(flags, READ_FLAGS, "testDomainGetPerfEvents", ErrorDomain.TEST);
      const { perf } = read(dom, flags);
      const isOn = (event: string) =>
        perf?.events.some(({ name, enabled }) => name === event && enabled) === true;
      return { params: perfEvents.map((event) => ({ field: event, value: typed.boolean(isOn(event)) })) };
    },
    domainSetPerfEvents({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetPerfEvents", ErrorDomain.TEST);
      const wanted = Object.entries(readTypedParams(params, perfTypes)) as [string, boolean][]; // by the types
      changeDomain(find(dom), flags, (def) => {
        const others = def.perf?.events.filter(({ name }) => !wanted.some(([each]) => each === name)) ?? [];
        def.perf = { events: [...others, ...wanted.map(([name, enabled]) => ({ name, enabled }))] };
      });
    },
  };
}
