import { DomainVcpuFlags as Flag } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, badArgument, findDomain, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";
import { agentError } from "./with-guest.ts";

const KNOWN_FLAGS = Flag.LIVE | Flag.CONFIG | Flag.MAXIMUM | Flag.GUEST | Flag.HOTPLUGGABLE;

/** How many virtual processors a guest has, and may have. */
export function vcpuCountHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainSetVcpus: ({ dom, nvcpus }) =>
      setVcpus(driver, findDomain(driver, dom), {
        api: "virDomainSetVcpus",
        count: nvcpus,
        flags: Flag.LIVE,
      }),
    domainSetVcpusFlags({ dom, nvcpus, flags }) {
      checkFlags(flags, KNOWN_FLAGS, "qemuDomainSetVcpusFlags", ErrorDomain.QEMU);
      const wish = { api: "virDomainSetVcpusFlags", count: nvcpus, flags };
      return setVcpus(driver, findDomain(driver, dom), wish);
    },
  };
}

interface Wish {
  api: string;
  count: number;
  flags: number;
}

async function setVcpus(driver: QemuDriver, domain: QemuDomain, { api, count, flags }: Wish): Promise<void> {
  if (count === 0) {
    const message = `nvcpus in ${api} must not be zero`;
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
  }
  if ((flags & Flag.GUEST) !== 0) throw agentError(domain);
  const isMaximum = (flags & Flag.MAXIMUM) !== 0;
  await domain.jobs.run("modify", { api }, async () => {
    const { live, config } = affected(domain, flags & (Flag.LIVE | Flag.CONFIG));
    if (isMaximum && live) {
      const message = "Flag 'VIR_DOMAIN_AFFECT_CONFIG' is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'";
      throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
    }
    if (live) checkLive(domain.def, count);
    if (config)
      await changeConfig(driver, domain, (def) =>
        isMaximum ? setMaximum(def, count) : setCurrent(def, { count, hotpluggable: flags }),
      );
  });
}

/**
 * Processors are neither added to a running guest nor taken from it.
 * @throws VirError INVALID_ARG, OPERATION_UNSUPPORTED
 */
function checkLive({ vcpu }: DomainDef, count: number): void {
  if (count > vcpu.count)
    throw badArgument(
      `requested vcpus is greater than max allowable vcpus for the live domain: ${count} > ${vcpu.count}`,
    );
  if (count !== (vcpu.current ?? vcpu.count))
    throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_UNSUPPORTED, "cpu hotplug is not supported");
}

function setMaximum(def: DomainDef, count: number): void {
  const topology = def.cpu?.topology;
  if (topology) {
    const { sockets, dies = 1, clusters = 1, cores, threads } = topology;
    if (sockets * dies * clusters * cores * threads !== count)
      throw badArgument("CPU topology doesn't match the desired vcpu count");
  }
  const current = Math.min(def.vcpu.current ?? def.vcpu.count, count);
  def.vcpu = { ...def.vcpu, count, current: current === count ? undefined : current };
  if (def.vcpuList) {
    const kept = def.vcpuList.vcpus.filter(({ id }) => id < count);
    const added = Array.from({ length: count }, (_, id) => id)
      .filter((id) => !kept.some((each) => each.id === id))
      .map((id) => ({ id, enabled: false, hotpluggable: true }));
    def.vcpuList.vcpus = [...kept, ...added].sort((a, b) => a.id - b.id);
  }
}

function setCurrent(def: DomainDef, { count, hotpluggable }: { count: number; hotpluggable: number }): void {
  const { count: maximum } = def.vcpu;
  if (count > maximum) {
    throw badArgument(
      `requested vcpus is greater than max allowable vcpus for the persistent domain: ${count} > ${maximum}`,
    );
  }
  def.vcpu = { ...def.vcpu, current: count === maximum ? undefined : count };
  if (!def.vcpuList) return;
  // The order in which they were once plugged in means nothing for the new set.
  def.vcpuList.vcpus = def.vcpuList.vcpus.map(({ id, hotpluggable: before }) => ({
    id,
    enabled: id < count,
    hotpluggable: id < count && (hotpluggable & Flag.HOTPLUGGABLE) === 0 ? (before ?? false) : true,
  }));
}
