import {
  DomainCreateFlags,
  DomainDestroyFlags,
  DomainRebootFlags,
  DomainShutdownFlags,
} from "@libvirt-ts/api";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Client } from "@libvirt-ts/rpc/server";
import type { QemuDomain } from "../guest.ts";
import { runningGuest, startCpus, stopCpus } from "../process/cpus.ts";
import { readDefinition } from "../process/definition.ts";
import { startDomain } from "../process/start.ts";
import { stopGuest } from "../process/stop.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { startOrRestore } from "../save/restore.ts";
import { findDomain, invalid, type RemoteHandlers, wireDomain } from "./common.ts";
import { domainToRun } from "./define.ts";

const { START_PAUSED, START_AUTODESTROY, START_VALIDATE, START_RESET_NVRAM, START_FORCE_BOOT } =
  DomainCreateFlags;
const CREATE_FLAGS = Object.values(DomainCreateFlags).reduce<number>((all, bit) => all | bit, 0);
const { ACPI_POWER_BTN, GUEST_AGENT } = DomainShutdownFlags;

export function lifecycleHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainCreate: ({ dom }) => start(driver, findDomain(driver, dom), 0, undefined),
    async domainCreateWithFlags({ dom, flags }, { client }) {
      checkFlags(flags, CREATE_FLAGS, "qemuDomainCreateWithFlags", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      await start(driver, domain, flags, client);
      return { dom: wireDomain(domain) };
    },
    async domainCreateXml({ xmlDesc, flags }, { client }) {
      checkFlags(flags, CREATE_FLAGS, "qemuDomainCreateXML", ErrorDomain.QEMU);
      if ((flags & START_VALIDATE) !== 0) assertValid(xmlDesc, "domain");
      return { dom: wireDomain(await createTransient(driver, xmlDesc, flags, client)) };
    },
    domainDestroy: ({ dom }) => destroy(driver, findDomain(driver, dom), false),
    domainDestroyFlags({ dom, flags }) {
      const known = DomainDestroyFlags.GRACEFUL | DomainDestroyFlags.REMOVE_LOGS;
      checkFlags(flags, known, "qemuDomainDestroyFlags", ErrorDomain.QEMU);
      return destroy(driver, findDomain(driver, dom), (flags & DomainDestroyFlags.GRACEFUL) !== 0);
    },
    domainSuspend: ({ dom }) => suspend(findDomain(driver, dom)),
    domainResume: ({ dom }) => resume(driver, findDomain(driver, dom)),
    domainShutdown: ({ dom }) => powerDown(driver, findDomain(driver, dom), "virDomainShutdown"),
    domainShutdownFlags({ dom, flags }) {
      checkFlags(flags, ACPI_POWER_BTN | GUEST_AGENT, "qemuDomainShutdownFlags", ErrorDomain.QEMU);
      requireAcpi(findDomain(driver, dom), flags);
      return powerDown(driver, findDomain(driver, dom), "virDomainShutdownFlags");
    },
    domainReboot({ dom, flags }) {
      const known = DomainRebootFlags.ACPI_POWER_BTN | DomainRebootFlags.GUEST_AGENT;
      checkFlags(flags, known, "qemuDomainReboot", ErrorDomain.QEMU);
      requireAcpi(findDomain(driver, dom), flags);
      return reboot(driver, findDomain(driver, dom));
    },
    async domainReset({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainReset", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      await domain.jobs.run("modify", { api: "virDomainReset" }, async () => {
        const guest = runningGuest(domain);
        await guest.monitor.systemReset();
        guest.facts.fakeReboot = false;
      });
    },
    async domainInjectNmi({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainInjectNMI", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      await domain.jobs.run("modify", { api: "virDomainInjectNMI" }, async () => {
        await runningGuest(domain).monitor.injectNmi();
      });
    },
  };
}

async function start(
  driver: QemuDriver,
  domain: QemuDomain,
  flags: number,
  client: Client | undefined,
  definition?: QemuDomain["def"],
): Promise<void> {
  const begin = definition === undefined ? startOrRestore : startDomain;
  await begin(driver, domain, {
    api: "virDomainCreateWithFlags",
    definition,
    anew: (flags & START_FORCE_BOOT) !== 0,
    paused: (flags & START_PAUSED) !== 0,
    resetNvram: (flags & START_RESET_NVRAM) !== 0,
    autodestroyFor: (flags & START_AUTODESTROY) !== 0 ? client : undefined,
  });
}

/** A domain that exists as long as it runs. One that is defined may be started with other words this once. */
async function createTransient(
  driver: QemuDriver,
  xml: string,
  flags: number,
  client: Client,
): Promise<QemuDomain> {
  const def = await readDefinition(driver, xml, { inactive: false, abiUpdate: true });
  const domain = await domainToRun(driver, def);
  await start(driver, domain, flags, client, def);
  return domain;
}

/** Ends a guest, whatever else is going on with it. */
async function destroy(driver: QemuDriver, domain: QemuDomain, graceful: boolean): Promise<void> {
  const guest = runningGuest(domain);
  guest.isBeingDestroyed = true;
  try {
    await guest.process.kill({ graceful });
  } catch (error) {
    guest.isBeingDestroyed = false;
    throw error;
  }
  // A guest that is just being started is cleaned up by whoever starts it.
  if (guest.isStarting) await domain.jobs.run("destroy", { api: "virDomainDestroy" }, async () => {});
  else await stopGuest(driver, domain, guest, { name: "shutoff", reason: "destroyed" });
}

async function suspend(domain: QemuDomain): Promise<void> {
  await domain.jobs.run("suspend", { api: "virDomainSuspend" }, async () => {
    const guest = runningGuest(domain);
    if (domain.state.name === "pmsuspended") throw invalid("domain is pmsuspended");
    if (domain.state.name === "paused") return;
    await stopCpus(guest, "user");
  });
}

async function resume(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  await domain.jobs.run("modify", { api: "virDomainResume" }, async () => {
    const guest = runningGuest(domain);
    const { name, reason } = domain.state;
    if (name === "pmsuspended") throw invalid("domain is pmsuspended");
    if (name === "running") throw invalid("domain is already running");
    if (name === "crashed" && reason === "panicked") throw invalid("domain is crashed");
    await startCpus(driver, domain, guest, "unpaused");
  });
}

function requireAcpi(domain: QemuDomain, flags: number): void {
  if ((flags & (ACPI_POWER_BTN | GUEST_AGENT)) !== GUEST_AGENT) return;
  domain.requireActive();
  throw new VirError(ErrorDomain.QEMU, ErrorCode.AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
}

/** Presses the power button; whether anything happens is the guest's choice. */
async function powerDown(driver: QemuDriver, domain: QemuDomain, api: string): Promise<void> {
  await domain.jobs.run("modify", { api }, async () => {
    const guest = runningGuest(domain);
    guest.facts.fakeReboot = domain.def.onPoweroff === "restart" || domain.def.onPoweroff === "preserve";
    driver.status.save(domain);
    await guest.monitor.systemPowerdown();
  });
}

async function reboot(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  await domain.jobs.run("modify", { api: "virDomainReboot" }, async () => {
    const guest = runningGuest(domain);
    guest.facts.fakeReboot = domain.def.onReboot === "restart" || domain.def.onReboot === "rename-restart";
    driver.status.save(domain);
    await guest.monitor.systemPowerdown();
  });
}
