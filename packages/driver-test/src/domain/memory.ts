import { DomainMemoryModFlags as Flag } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { affected, findDomain, type RemoteHandlers, refuseBoth } from "@libvirt-ts/hypervisor";
import { badArgument, invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { definitions } from "./change.ts";

const { LIVE, CONFIG, MAXIMUM } = Flag;

/** How much memory a guest has, and may have. */
export function memoryHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainGetMaxMemory: ({ dom }) => ({ memory: BigInt(find(dom).def.memoryKiB) }),
    domainSetMaxMemory: ({ dom, memory }) => setMemory(find(dom), memory, MAXIMUM),
    domainSetMemory: ({ dom, memory }) => setMemory(find(dom), memory, LIVE),
    domainSetMemoryFlags({ dom, memory, flags }) {
      checkFlags(flags, LIVE | CONFIG | MAXIMUM, "testDomainSetMemoryFlags", ErrorDomain.TEST);
      setMemory(find(dom), memory, flags);
    },
  };
}

function setMemory(domain: TestDomain, memory: bigint, flags: number): void {
  const sizeKiB = Number(memory);
  refuseBoth(flags);
  const { live, config } = affected(domain, flags & (LIVE | CONFIG));
  const isMaximum = (flags & MAXIMUM) !== 0;
  if (isMaximum && live) throw invalid("cannot resize the maximum memory on an active domain");
  const change = isMaximum ? setMaximum : setCurrent;
  for (const def of definitions(domain, { live, config })) change(def, sizeKiB);
}

function setMaximum(def: DomainDef, sizeKiB: number): void {
  def.memoryKiB = sizeKiB;
  def.currentMemoryKiB = Math.min(def.currentMemoryKiB, sizeKiB);
}

function setCurrent(def: DomainDef, sizeKiB: number): void {
  if (sizeKiB > def.memoryKiB) throw badArgument("cannot set memory higher than max memory");
  def.currentMemoryKiB = sizeKiB;
}
