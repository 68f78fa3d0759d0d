import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { type DomainDriver, findDomain, type RemoteHandlers, wireDomain } from "./common.ts";

export function lookupHandlers(driver: DomainDriver): RemoteHandlers {
  const none = (detail: string) => new VirError(driver.errorDomain, ErrorCode.NO_DOMAIN, detail);
  return {
    domainLookupByName({ name }) {
      const domain = driver.domains.byName(name);
      if (!domain) throw none(`no domain with matching name '${name}'`);
      return { dom: wireDomain(domain) };
    },
    domainLookupByUuid({ uuid }) {
      const domain = driver.domains.byUuid(formatUuid(uuid));
      if (!domain) throw none(`no domain with matching uuid '${formatUuid(uuid)}'`);
      return { dom: wireDomain(domain) };
    },
    domainLookupById({ id }) {
      const domain = [...driver.domains].find((each) => each.id === id && each.isActive);
      if (!domain) throw none(`no domain with matching id ${id}`);
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
