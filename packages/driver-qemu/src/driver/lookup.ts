import { formatUuid } from "@libvirt-ts/util/uuid";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, noDomain, type RemoteHandlers, wireDomain } from "./common.ts";

export function lookupHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainLookupByName({ name }) {
      const domain = driver.domains.byName(name);
      if (!domain) throw noDomain(`no domain with matching name '${name}'`);
      return { dom: wireDomain(domain) };
    },
    domainLookupByUuid({ uuid }) {
      const domain = driver.domains.byUuid(formatUuid(uuid));
      if (!domain) throw noDomain(`no domain with matching uuid '${formatUuid(uuid)}'`);
      return { dom: wireDomain(domain) };
    },
    domainLookupById({ id }) {
      const domain = [...driver.domains].find((each) => each.id === id && each.isActive);
      if (!domain) throw noDomain(`no domain with matching id ${id}`);
      return { dom: wireDomain(domain) };
    },
    domainIsActive: ({ dom }) => ({ active: findDomain(driver, dom).isActive ? 1 : 0 }),
    domainIsPersistent: ({ dom }) => ({ persistent: findDomain(driver, dom).isPersistent ? 1 : 0 }),
    domainIsUpdated: ({ dom }) => {
      findDomain(driver, dom);
      return { updated: 0 };
    },
  };
}
