import { DomainVcpuFlags, DomainModificationImpact as Impact } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import {
  affected,
  cpuMap,
  cpusOf,
  cputuneOf,
  findDomain,
  packMaps,
  type RemoteHandlers,
  refuseBoth,
} from "@libvirt-ts/hypervisor";
import { badArgument, invalid } from "../errors.ts";
import { MAX_VCPUS } from "../host/calls.ts";
import { hostCpuCount } from "../host/host.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { changeDomain, definitionOf, definitions } from "./change.ts";

const { LIVE, CONFIG, MAXIMUM } = DomainVcpuFlags;
const IMPACT = Impact.LIVE | Impact.CONFIG;
/** virVcpuState. */
const RUNNING = 1;

/** A guest's processors, and on which of the host's they and the emulator run. */
export function vcpuHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  const hostCpus = Array.from({ length: hostCpuCount(driver.host) }, (_, cpu) => cpu);
  const pinOf = (def: DomainDef, vcpu: number) =>
    def.cputune?.vcpupins.find((pin) => pin.vcpu === vcpu)?.cpuset ?? def.vcpu.cpuset ?? hostCpus;
  return {
    domainGetMaxVcpus: ({ dom }) => ({ num: definitionOf(find(dom), LIVE).vcpu.count }),
    domainGetVcpusFlags({ dom, flags }) {
      checkFlags(flags, LIVE | CONFIG | MAXIMUM, "testDomainGetVcpusFlags", ErrorDomain.TEST);
      const def = definitionOf(find(dom), flags);
      return { num: (flags & MAXIMUM) !== 0 ? def.vcpu.count : online(def) };
    },
    domainSetVcpus: ({ dom, nvcpus }) => setVcpus(find(dom), nvcpus, LIVE),
    domainSetVcpusFlags({ dom, nvcpus, flags }) {
      checkFlags(flags, LIVE | CONFIG | MAXIMUM, "testDomainSetVcpusFlags", ErrorDomain.TEST);
      setVcpus(find(dom), nvcpus, flags);
    },
    domainGetVcpus({ dom, maxinfo, maplen }) {
      const domain = find(dom);
      if (!domain.isActive) throw invalid("cannot list vcpus for an inactive domain");
      const { def } = domain;
      const count = Math.min(Math.max(maxinfo, 0), online(def));
      const pins = Array.from({ length: count }, (_, vcpu) => pinOf(def, vcpu));
      const cpuTime = driver.now() / 10n;
      return {
        info: pins.map((cpus, number) => ({ number, state: RUNNING, cpuTime, cpu: cpus.at(-1) ?? -1 })),
        cpumaps: packMaps(pins, { count, length: maplen }),
      };
    },
    domainPinVcpu: ({ dom, vcpu, cpumap }) => pinVcpu(find(dom), vcpu, cpusOf(cpumap)),
    domainPinVcpuFlags({ dom, vcpu, cpumap, flags }) {
      checkFlags(flags, 0, "testDomainPinVcpuFlags", ErrorDomain.TEST);
      pinVcpu(find(dom), vcpu, cpusOf(cpumap));
    },
    domainGetVcpuPinInfo({ dom, ncpumaps, maplen, flags }) {
      const def = definitionOf(find(dom), flags);
      const count = Math.min(Math.max(ncpumaps, 0), def.vcpu.count);
      const pins = Array.from({ length: count }, (_, vcpu) => pinOf(def, vcpu));
      return { cpumaps: packMaps(pins, { count, length: maplen }), num: count };
    },
    domainPinEmulator({ dom, cpumap, flags }) {
      checkFlags(flags, IMPACT, "testDomainPinEmulator", ErrorDomain.TEST);
      const cpuset = cpusOf(cpumap);
      if (cpuset.length === 0) throw badArgument("Empty cpu list for pinning");
      refuseBoth(flags);
      changeDomain(find(dom), flags, (def) => {
        cputuneOf(def).emulatorpin = { cpuset: [...cpuset] };
      });
    },
    domainGetEmulatorPinInfo({ dom, maplen, flags }) {
      checkFlags(flags, IMPACT, "testDomainGetEmulatorPinInfo", ErrorDomain.TEST);
      const { cputune, vcpu } = definitionOf(find(dom), flags);
      const cpus = (cputune?.emulatorpin?.cpuset ?? vcpu.cpuset ?? hostCpus).filter(
        (cpu) => cpu < maplen * 8,
      );
      return { cpumaps: cpuMap(cpus, Math.max(maplen, 0) * 8), ret: 1 };
    },
  };
}

const online = ({ vcpu }: DomainDef): number => vcpu.current ?? vcpu.count;

function setVcpus(domain: TestDomain, count: number, flags: number): void {
  if (count > MAX_VCPUS)
    throw badArgument(`requested cpu amount exceeds maximum supported amount (${count} > ${MAX_VCPUS})`);
  const isMaximum = (flags & MAXIMUM) !== 0;
  const impact = affected(domain, flags & IMPACT);
  for (const { vcpu } of definitions(domain, impact))
    if (!isMaximum && count > vcpu.count)
      throw badArgument(`requested cpu amount exceeds maximum (${count} > ${vcpu.count})`);
  changeDomain(domain, flags & IMPACT, ({ vcpu }) => {
    const current = isMaximum ? Math.min(vcpu.current ?? vcpu.count, count) : count;
    if (isMaximum) vcpu.count = count;
    vcpu.current = current === vcpu.count ? undefined : current;
  });
}

function pinVcpu(domain: TestDomain, vcpu: number, cpuset: number[]): void {
  if (!domain.isActive) throw invalid("cannot pin vcpus on an inactive domain");
  const { def } = domain;
  if (vcpu >= online(def)) throw badArgument(`requested vcpu '${vcpu}' is not present in the domain`);
  const tune = cputuneOf(def);
  const others = tune.vcpupins.filter((pin) => pin.vcpu !== vcpu);
  tune.vcpupins = [...others, { vcpu, cpuset }].sort((a, b) => a.vcpu - b.vcpu);
}
