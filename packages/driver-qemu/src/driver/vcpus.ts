import { DomainVcpuFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import { readCpus, readProcess } from "@libvirt-ts/host";
import { cpuMap, packMaps, paramsReply, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { typed, typedParams } from "@libvirt-ts/protocol";
import type { Bitmap } from "@libvirt-ts/util/bitmap";
import type { QemuDriver } from "../qemu-driver.ts";
import { threadCpus } from "../stats/affinity.ts";
import { iothreadNumber } from "../stats/iothread.ts";
import { readThread } from "../stats/thread.ts";
import { affectedOne, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { agentError, askGuest } from "./with-guest.ts";

const IMPACT = Flag.LIVE | Flag.CONFIG;
const RUNNING = 1;
/** `virDomainGetCPUStats`: the sum over all processors of the host. */
const TOTAL = -1;

/** Virtual processors: how many, where they run, how long they ran. */
export function vcpuHandlers(driver: QemuDriver): RemoteHandlers {
  const { root } = driver.host;
  /** The host's processors, for those who are bound to none in particular. */
  const hostCpus = async (): Promise<Bitmap> => (await readCpus(root)).online;
  return {
    domainGetMaxVcpus({ dom }) {
      const domain = findDomain(driver, dom);
      domain.requireActive();
      return { num: domain.def.vcpu.count };
    },
    domainGetVcpusFlags({ dom, flags }) {
      checkFlags(flags, IMPACT | Flag.MAXIMUM | Flag.GUEST, "qemuDomainGetVcpusFlags", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const { vcpu } = affectedOne(domain, flags);
      if ((flags & Flag.GUEST) !== 0) {
        const detail = "vCPU count provided by the guest agent can only be requested for live domains";
        if (!domain.isActive) throw invalidArg(ErrorDomain.QEMU, detail);
        throw agentError(domain);
      }
      return { num: (flags & Flag.MAXIMUM) !== 0 ? vcpu.count : (vcpu.current ?? vcpu.count) };
    },
    async domainGetVcpus({ dom, maxinfo, maplen }) {
      const domain = findDomain(driver, dom);
      const { live } = domain;
      if (!live) throw invalid("cannot retrieve vcpu information for inactive domain");
      const threads = live.facts.vcpus.slice(0, Math.max(0, maxinfo));
      const info = await Promise.all(
        threads.map(async ({ id, tid }) => {
          const times = await readThread(root, live.process.pid, tid);
          return { number: id, state: RUNNING, cpuTime: times?.ranNs ?? 0n, cpu: times?.cpu ?? 0 };
        }),
      );
      const all = await hostCpus();
      const maps = threads.map(({ tid }) => threadCpus(tid) ?? all);
      return { info, cpumaps: packMaps(maps, { count: maxinfo, length: maplen }) };
    },
    async domainGetVcpuPinInfo({ dom, ncpumaps, maplen, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainGetVcpuPinInfo", ErrorDomain.QEMU);
      const { vcpu, cputune } = affectedOne(findDomain(driver, dom), flags);
      const others = vcpu.cpuset ?? (await hostCpus());
      const count = Math.max(0, Math.min(ncpumaps, vcpu.count));
      const maps = Array.from(
        { length: count },
        (_, id) => cputune?.vcpupins.find((pin) => pin.vcpu === id)?.cpuset ?? others,
      );
      return { cpumaps: packMaps(maps, { count, length: maplen }), num: count };
    },
    async domainGetEmulatorPinInfo({ dom, maplen, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainGetEmulatorPinInfo", ErrorDomain.QEMU);
      const { vcpu, cputune } = affectedOne(findDomain(driver, dom), flags);
      const map = cputune?.emulatorpin?.cpuset ?? vcpu.cpuset ?? (await hostCpus());
      return { cpumaps: packMaps([map], { count: 1, length: maplen }), ret: 1 };
    },
    async domainGetIothreadInfo({ dom, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainGetIOThreadInfo", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const def = affectedOne(domain, flags);
      const { present, online } = await readCpus(root);
      const map = (cpus: Bitmap) => cpuMap(cpus, (present.at(-1) ?? 0) + 1);
      if (!domain.isActive || (flags & Flag.CONFIG) !== 0) {
        const info = (def.iothreadids?.iothreads ?? []).map(({ id }) => {
          const pin = def.cputune?.iothreadpins.find(({ iothread }) => iothread === id);
          return { iothreadId: id, cpumap: map(pin?.cpuset ?? def.vcpu.cpuset ?? online) };
        });
        return { info, ret: info.length };
      }
      if (!def.iothreads) return { info: [], ret: 0 };
      const api = "virDomainGetIOThreadInfo";
      const threads = await askGuest(domain, api, ({ monitor }) => monitor.queryIothreads());
      const info = threads.map((thread) => ({
        iothreadId: iothreadNumber(thread.id),
        cpumap: map(threadCpus(thread["thread-id"]) ?? online),
      }));
      return { info, ret: info.length };
    },
    async domainGetCpuStats({ dom, nparams, startCpu, ncpus, flags }) {
      checkFlags(flags, STRING_OKAY, "qemuDomainGetCPUStats", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      if (startCpu !== TOTAL) throw invalid("cgroup CPUACCT controller is not mounted");
      const facts = domain.live && (await readProcess(root, domain.live.process.pid));
      if (!facts) throw invalid("domain is not running");
      if (ncpus > 1) throw invalidArg(ErrorDomain.QEMU, "ncpus in virDomainGetCPUStats must be 1");
      const params = typedParams({
        cpu_time: typed.ullong(facts.userNs + facts.systemNs),
        user_time: typed.ullong(facts.userNs),
        system_time: typed.ullong(facts.systemNs),
      });
      return paramsReply(params, { nparams, flags });
    },
  };
}
