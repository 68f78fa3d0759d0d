import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import {
  memoryLimitTypes,
  memoryParameters,
  numaParameters,
  numaTypes,
  paramsReply,
  STRING_OKAY,
  setMemoryLimits,
  setNuma,
} from "@libvirt-ts/hypervisor";
import { readTypedParams } from "@libvirt-ts/protocol";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, affectedOne, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const READ_FLAGS = IMPACT | STRING_OKAY;
/** Limits of host resources: memory, NUMA nodes. Without control groups they can be written down, not enforced. */
export function limitHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetMemoryParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetMemoryParameters", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const def = affectedOne(domain, flags & IMPACT);
      const isLive = domain.isActive && (flags & Impact.CONFIG) === 0;
      // Nothing is in force for a running guest.
      const params = memoryParameters(isLive ? undefined : def.memtune);
      return paramsReply(params, { nparams, flags });
    },
    async domainSetMemoryParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetMemoryParameters", ErrorDomain.QEMU);
      const wanted = readTypedParams(params, memoryLimitTypes);
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetMemoryParameters",
        flags,
        missing: "cgroup memory controller is not mounted",
        change: (def) => setMemoryLimits(def, wanted, ErrorDomain.DOMAIN),
      });
    },
    domainGetNumaParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetNumaParameters", ErrorDomain.QEMU);
      const params = numaParameters(affectedOne(findDomain(driver, dom), flags & IMPACT));
      return paramsReply(params, { nparams, flags });
    },
    async domainSetNumaParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetNumaParameters", ErrorDomain.QEMU);
      const wanted = readTypedParams(params, numaTypes);
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetNumaParameters",
        flags,
        missing: "cgroup cpuset controller is not mounted",
        change: (def) => setNuma(def, wanted, ErrorDomain.QEMU),
      });
    },
  };
}

interface LimitChange {
  api: string;
  flags: number;
  /** Why it cannot be done to a running guest. */
  missing: string;
  change: (def: DomainDef) => void;
}

/** Changes the persistent definition; a running guest is refused. */
export async function changeLimits(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, flags, missing, change }: LimitChange,
): Promise<void> {
  await domain.jobs.run("modify", { api }, async () => {
    const { live, config } = affected(domain, flags);
    if (live) throw invalid(missing);
    if (config) await changeConfig(driver, domain, change);
  });
}
