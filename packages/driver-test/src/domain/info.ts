import { DomainXmlFlags } from "@libvirt-ts/api";
import { formatDomain } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { findDomain, type RemoteHandlers, stateNumbers } from "@libvirt-ts/hypervisor";
import { charsFromText } from "@libvirt-ts/xdr";
import type { TestDriver } from "../test-driver.ts";
import { controlOf, timeOf } from "./clock.ts";
import { MESSAGE_FLAGS, messagesOf } from "./taint.ts";

const { SECURE, INACTIVE, MIGRATABLE } = DomainXmlFlags;
const XML_FLAGS = SECURE | INACTIVE | MIGRATABLE;
const NS_PER_US = 1000n;

/** What clients ask about one domain. */
export function infoHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainGetState({ dom, flags }) {
      checkFlags(flags, 0, "testDomainGetState", ErrorDomain.TEST);
      return stateNumbers(find(dom).state);
    },
    domainGetInfo({ dom }) {
      const { def, stateNumber } = find(dom);
      return {
        state: stateNumber,
        maxMem: BigInt(def.memoryKiB),
        memory: BigInt(def.currentMemoryKiB),
        nrVirtCpu: def.vcpu.current ?? def.vcpu.count,
        cpuTime: driver.now() * NS_PER_US,
      };
    },
    domainGetXmlDesc({ dom, flags }) {
      checkFlags(flags, XML_FLAGS, "testDomainGetXMLDesc", ErrorDomain.TEST);
      const { def, nextDef, isActive, id } = find(dom);
      const secure = (flags & SECURE) !== 0;
      if (isActive && (flags & INACTIVE) === 0) return { xml: formatDomain({ ...def, id }, { secure }) };
      return { xml: formatDomain(nextDef ?? def, { inactive: true, secure }) };
    },
    domainIsUpdated: () => ({ updated: 0 }),
    domainGetOsType: () => ({ type: "linux" }),
    domainGetHostname({ dom, flags }) {
      checkFlags(flags, 0, "testDomainGetHostname", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      return { hostname: `${domain.name}host` };
    },
    domainGetControlInfo({ dom, flags }) {
      checkFlags(flags, 0, "testDomainGetControlInfo", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      return controlOf(timeOf(driver, domain).seconds);
    },
    domainGetSecurityLabel({ dom }) {
      const { isActive } = find(dom);
      return { label: charsFromText(isActive ? "libvirt-test" : ""), enforcing: isActive ? 1 : 0 };
    },
    domainGetMessages({ dom, flags }) {
      checkFlags(flags, MESSAGE_FLAGS, "testDomainGetMessages", ErrorDomain.TEST);
      return { msgs: messagesOf(driver, find(dom), flags) };
    },
  };
}
