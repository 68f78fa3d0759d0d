import { domainDefCopy } from "@libvirt-ts/conf/domain";
import type { State } from "@libvirt-ts/hypervisor";
import { broken } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";

/** Gives a domain its id and its live definition, without telling anybody. */
export function bootGuest(driver: TestDriver, domain: TestDomain, state: State): void {
  if (domain.isPersistent) domain.nextDef = domain.def;
  domain.def = domainDefCopy(domain.def);
  nameInterfaces(driver, domain);
  domain.live = { startedAt: driver.now() };
  domain.id = driver.nextId();
  domain.adopt(state);
}

/** Takes the guest away; a transient domain goes with it. Nobody is told. */
export function endGuest(
  driver: TestDriver,
  domain: TestDomain,
  state: Extract<State, { name: "shutoff" }>,
): void {
  domain.live = undefined;
  domain.id = -1;
  if (domain.nextDef) domain.def = domain.nextDef;
  domain.nextDef = undefined;
  domain.adopt(state);
  if (!domain.isPersistent) driver.domains.remove(domain);
}

const MAX_NAMES = 1024;

/** A name for each interface on the host, `testnetN`, that no other guest has. */
function nameInterfaces({ domains }: TestDriver, { def }: TestDomain): void {
  const taken = new Set(
    [...domains].flatMap((each) => each.def.devices.interfaces.map(({ target }) => target?.dev)),
  );
  for (const nic of def.devices.interfaces) {
    if (nic.target?.dev !== undefined) continue;
    const free = Array.from({ length: MAX_NAMES }, (_, n) => `testnet${n}`).find((name) => !taken.has(name));
    if (free === undefined) throw broken(`Exceeded max iface limit ${MAX_NAMES}`);
    nic.target = { ...nic.target, dev: free };
    taken.add(free);
  }
}
