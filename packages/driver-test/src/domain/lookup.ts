import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type RemoteHandlers, wireDomain } from "@libvirt-ts/hypervisor";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { TestDomain, TestDriver } from "../test-driver.ts";

/** As for all hypervisors, but errors do not say what was looked for. */
export function plainLookupHandlers({ domains }: TestDriver): RemoteHandlers {
  return {
    domainLookupByName: ({ name }) => found(domains.byName(name)),
    domainLookupByUuid: ({ uuid }) => found(domains.byUuid(formatUuid(uuid))),
    domainLookupById: ({ id }) => found([...domains].find((each) => each.isActive && each.id === id)),
  };
}

function found(domain: TestDomain | undefined) {
  if (!domain) throw new VirError(ErrorDomain.TEST, ErrorCode.NO_DOMAIN);
  return { dom: wireDomain(domain) };
}
