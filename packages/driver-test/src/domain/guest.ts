import { domainDefCopy } from "@libvirt-ts/conf/domain";
import type { State } from "@libvirt-ts/hypervisor";
import type { TestDomain, TestDriver } from "../test-driver.ts";

/** Gives a domain its id and its live definition, without telling anybody. */
export function bootGuest(driver: TestDriver, domain: TestDomain, state: State, def = domain.def): void {
  if (domain.isPersistent) domain.nextDef = domain.def;
  domain.hasManagedSave = false;
  domain.def = domainDefCopy(def);
  domain.live = { startedAt: driver.now() };
  domain.id = driver.nextId();
  domain.adopt(state);
}

type Off = Extract<State, { name: "shutoff" }>;

/** Takes the guest away; its domain stays. Nobody is told. */
export function haltGuest(domain: TestDomain, state: Off): void {
  domain.live = undefined;
  domain.id = -1;
  if (domain.nextDef) domain.def = domain.nextDef;
  domain.nextDef = undefined;
  domain.adopt(state);
}

/** As `haltGuest`; a transient domain goes with it. */
export function endGuest(driver: TestDriver, domain: TestDomain, state: Off): void {
  haltGuest(domain, state);
  if (!domain.isPersistent) driver.domains.remove(domain);
}
