import { DomainCreateFlags, DomainDestroyFlags, DomainRebootFlags } from "@libvirt-ts/api";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findDomain, findSame, type RemoteHandlers, wireDomain } from "@libvirt-ts/hypervisor";
import { broken } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { addDomain, readDefinition } from "./definition.ts";
import { bootGuest, endGuest } from "./guest.ts";

const { START_VALIDATE } = DomainCreateFlags;
const REBOOT_FLAGS = Object.values(DomainRebootFlags).reduce<number>((all, bit) => all | bit, 0);

export function lifecycleHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  const create = (dom: Parameters<typeof findDomain>[1]) => {
    const domain = find(dom);
    if (domain.isActive) throw broken(`Domain '${dom.name}' is already running`);
    boot(driver, domain);
    return { dom: wireDomain(domain) };
  };
  return {
    domainCreate: ({ dom }) => void create(dom),
    domainCreateWithFlags({ dom, flags }) {
      checkFlags(flags, 0, "testDomainCreateWithFlags", ErrorDomain.TEST);
      return create(dom);
    },
    domainCreateWithFiles({ dom, flags }) {
      checkFlags(flags, 0, "testDomainCreateWithFlags", ErrorDomain.TEST);
      return create(dom);
    },
    domainCreateXml: ({ xmlDesc, flags }) => createTransient(driver, xmlDesc, flags),
    domainCreateXmlWithFiles: ({ xmlDesc, flags }) => createTransient(driver, xmlDesc, flags),
    domainDestroy: ({ dom }) => destroy(driver, find(dom)),
    domainDestroyFlags({ dom, flags }) {
      checkFlags(flags, DomainDestroyFlags.GRACEFUL, "testDomainDestroyFlags", ErrorDomain.TEST);
      destroy(driver, find(dom));
    },
    domainSuspend({ dom }) {
      const domain = find(dom);
      requireRunning(domain, domain.isActive && domain.state.name !== "paused");
      domain.move({ name: "paused", reason: "user" });
    },
    domainResume({ dom }) {
      const domain = find(dom);
      if (domain.state.name !== "paused") throw broken(`domain '${domain.name}' not paused`);
      domain.move({ name: "running", reason: "unpaused" });
    },
    domainShutdown: ({ dom }) => shutdown(driver, find(dom)),
    domainShutdownFlags({ dom, flags }) {
      checkFlags(flags, 0, "testDomainShutdownFlags", ErrorDomain.TEST);
      shutdown(driver, find(dom));
    },
    domainReboot({ dom, flags }) {
      checkFlags(flags, REBOOT_FLAGS, "testDomainReboot", ErrorDomain.TEST);
      reboot(driver, find(dom));
    },
    domainReset({ dom, flags }) {
      checkFlags(flags, 0, "testDomainReset", ErrorDomain.TEST);
      find(dom).requireActive();
    },
    domainInjectNmi({ dom, flags }) {
      checkFlags(flags, 0, "testDomainInjectNMI", ErrorDomain.TEST);
      find(dom).requireActive();
    },
  };
}

function boot(driver: TestDriver, domain: TestDomain, def = domain.def): void {
  bootGuest(driver, domain, { name: "running", reason: "booted" }, def);
  domain.announce({ event: "started", detail: "booted" });
}

function createTransient(driver: TestDriver, xml: string, flags: number) {
  checkFlags(flags, START_VALIDATE, "testDomainCreateXML", ErrorDomain.TEST);
  if ((flags & START_VALIDATE) !== 0) assertValid(xml, "domain");
  const def = readDefinition(xml);
  const known = findSame(driver, def);
  refuseActive(known);
  const domain = known ?? addDomain(driver, def, { isPersistent: false });
  boot(driver, domain, def);
  return { dom: wireDomain(domain) };
}

/** @throws VirError OPERATION_INVALID: the place of a definition is taken by what runs */
export function refuseActive(domain: TestDomain | undefined): void {
  if (!domain?.isActive) return;
  const detail = `domain '${domain.name}' is already active`;
  throw new VirError(ErrorDomain.DOMAIN, ErrorCode.OPERATION_INVALID, detail);
}

function destroy(driver: TestDriver, domain: TestDomain): void {
  domain.requireActive();
  endGuest(driver, domain, { name: "shutoff", reason: "destroyed" });
  domain.announce({ event: "stopped", detail: "destroyed" });
}

function requireRunning(domain: TestDomain, isRunning: boolean): void {
  if (!isRunning || domain.state.name === "shutdown") throw broken(`domain '${domain.name}' not running`);
}

/** Guests of this driver obey at once. */
function shutdown(driver: TestDriver, domain: TestDomain): void {
  requireRunning(domain, domain.isActive);
  endGuest(driver, domain, { name: "shutoff", reason: "shutdown" });
  domain.announce({ event: "stopped", detail: "shutdown" });
}

/** What a guest does when it reboots is in its definition. */
function reboot(driver: TestDriver, domain: TestDomain): void {
  domain.requireActive();
  const action = domain.def.onReboot ?? "restart";
  if (action === "restart" || action === "rename-restart") return;
  shutdown(driver, domain);
}
