import { DomainModificationImpact } from "@libvirt-ts/api";
import { type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { affected, affectedOne } from "@libvirt-ts/hypervisor";
import type { TestDomain } from "../test-driver.ts";

/** What a call changes. */
export const definitions = (
  { def, nextDef }: TestDomain,
  { live, config }: { live: boolean; config: boolean },
): DomainDef[] => [...(live || !nextDef ? [def] : []), ...(config && nextDef ? [nextDef] : [])];

/**
 * Changes the definitions that `flags` (virDomainModificationImpact) mean: all of them or, if one refuses, none.
 * @throws VirError OPERATION_INVALID, and what `change` throws
 */
export function changeDomain(domain: TestDomain, flags: number, change: (def: DomainDef) => void): void {
  const all = definitions(domain, affected(domain, flags));
  for (const def of all) change(domainDefCopy(def));
  for (const def of all) change(def);
  domain.noteChange();
}

const { LIVE, CONFIG } = DomainModificationImpact;

/** The one definition a call reads. @throws VirError INVALID_ARG, OPERATION_INVALID */
export function definitionOf(domain: TestDomain, flags: number): DomainDef {
  return affectedOne(domain, flags & (LIVE | CONFIG));
}
