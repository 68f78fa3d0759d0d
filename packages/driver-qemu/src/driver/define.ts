import { unlink } from "node:fs/promises";
import { DomainDefineFlags, DomainUndefineFlags } from "@libvirt-ts/api";
import { type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { Domain, findSame, type KeptDefinition } from "@libvirt-ts/hypervisor";
import type { Guest, QemuDomain } from "../guest.ts";
import { type EmulatedTpm, emulatedTpm, removeState } from "../helpers/tpm-state.ts";
import { keepDefinition, readDefinition } from "../process/definition.ts";
import { exists, nvramPath } from "../process/nvram.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers, wireDomain } from "./common.ts";

const UNDEFINE_FLAGS = Object.values(DomainUndefineFlags).reduce<number>((all, bit) => all | bit, 0);

export function defineHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainDefineXml({ xml }) {
      return { dom: wireDomain(await defineDomain(driver, xml)) };
    },
    async domainDefineXmlFlags({ xml, flags }) {
      checkFlags(flags, DomainDefineFlags.VALIDATE, "qemuDomainDefineXMLFlags", ErrorDomain.QEMU);
      if ((flags & DomainDefineFlags.VALIDATE) !== 0) assertValid(xml, "domain");
      return { dom: wireDomain(await defineDomain(driver, xml)) };
    },
    domainUndefine: ({ dom }) => undefine(driver, findDomain(driver, dom), 0),
    domainUndefineFlags({ dom, flags }) {
      checkFlags(flags, UNDEFINE_FLAGS, "qemuDomainUndefineFlags", ErrorDomain.QEMU);
      if ((flags & DomainUndefineFlags.NVRAM) !== 0 && (flags & DomainUndefineFlags.KEEP_NVRAM) !== 0)
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.OPERATION_INVALID,
          "cannot both keep and delete nvram",
        );
      if ((flags & DomainUndefineFlags.TPM) !== 0 && (flags & DomainUndefineFlags.KEEP_TPM) !== 0)
        throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "cannot both keep and delete TPM");
      return undefine(driver, findDomain(driver, dom), flags);
    },
    domainGetAutostart: ({ dom }) => ({ autostart: findDomain(driver, dom).autostart ? 1 : 0 }),
    async domainSetAutostart({ dom, autostart }) {
      const domain = findDomain(driver, dom);
      if (!domain.isPersistent)
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.OPERATION_INVALID,
          "cannot set autostart for transient domain",
        );
      await domain.jobs.run("modify", { api: "virDomainSetAutostart" }, async () => {
        await driver.configs.setAutostart(domain.name, autostart !== 0);
        domain.autostart = autostart !== 0;
        driver.domains.touch();
      });
    },
  };
}

/**
 * Makes a definition persistent: a new domain, or the next definition of one that exists.
 * @throws VirError
 */
export async function defineDomain(driver: QemuDriver, xml: string): Promise<QemuDomain> {
  const def = await readDefinition(driver, xml, { inactive: true, abiUpdate: true });
  return driver.defining.run(def.name, async () => {
    const known = findSame(driver, def);
    const domain = known ?? new Domain({ def, isPersistent: true, watcher: driver.watcher });
    domain.configure(await saveConfig(driver, def));
    if (known) {
      const isNew = !known.isPersistent;
      known.isPersistent = true;
      known.announce({ event: "defined", detail: isNew ? "added" : "updated" });
    } else {
      driver.domains.add(domain);
      domain.announce({ event: "defined", detail: "added" });
    }
    return domain;
  });
}

/**
 * The domain that a definition is to run as: the one that is defined, or one that exists as long as it runs.
 * @throws VirError OPERATION_INVALID when it runs
 */
export function domainToRun(driver: QemuDriver, def: DomainDef): Promise<QemuDomain> {
  return driver.defining.run(def.name, async () => {
    const known = findSame(driver, def);
    if (known?.isActive)
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.OPERATION_INVALID,
        `domain '${known.name}' is already active`,
      );
    if (known) return known;
    const made = new Domain<DomainDef, Guest>({ def, isPersistent: false, watcher: driver.watcher });
    driver.domains.add(made);
    return made;
  });
}

/** Writes a persistent definition. @returns the same, to be kept */
export async function saveConfig(driver: QemuDriver, def: DomainDef): Promise<KeptDefinition<DomainDef>> {
  const kept = keepDefinition(driver, def);
  await driver.configs.save(def.name, kept.text);
  return kept;
}

/**
 * Changes the persistent definition: on a copy, which takes its place once it is on disk.
 * @param change may refuse by throwing
 */
export async function changeConfig(
  driver: QemuDriver,
  domain: QemuDomain,
  change: (def: DomainDef) => void,
): Promise<void> {
  const { config } = domain;
  if (!config) return;
  const copy = domainDefCopy(config);
  change(copy);
  domain.configure(await saveConfig(driver, copy));
}

async function undefine(driver: QemuDriver, domain: QemuDomain, flags: number): Promise<void> {
  await driver.defining.run(domain.name, async () => {
    if (!domain.isPersistent)
      throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "cannot undefine transient domain");
    await settleNvram(domain, flags);
    const tpm = unwantedTpm(domain, flags);
    await driver.configs.remove(domain.name);
    if (tpm) await removeState(driver.dirs, domain.uuid, tpm);
    domain.autostart = false;
    domain.isPersistent = false;
    domain.nextDef = undefined;
    if (!domain.isActive) driver.domains.remove(domain);
    domain.announce({ event: "undefined", detail: "removed" });
  });
}

/** Firmware variables go with their guest or stay, as the caller says; nobody loses or leaves them unasked. */
async function settleNvram(domain: QemuDomain, flags: number): Promise<void> {
  // Most have none, and then their text need not be read again.
  const { keptConfig } = domain;
  if (keptConfig && !keptConfig.text.includes("<nvram")) return;
  const { config } = domain;
  const path = config && nvramPath(config);
  if (path === undefined || (flags & DomainUndefineFlags.KEEP_NVRAM) !== 0 || !(await exists(path))) return;
  if ((flags & DomainUndefineFlags.NVRAM) === 0)
    throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "cannot undefine domain with nvram");
  try {
    await unlink(path);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, cause, `failed to remove nvram: ${path}`);
  }
}

/** The TPM that goes with its guest: one that runs keeps it until its end, another as the caller or definition says. */
function unwantedTpm(domain: QemuDomain, flags: number): EmulatedTpm | undefined {
  const { keptConfig } = domain;
  if (domain.isActive || (keptConfig && !keptConfig.text.includes("<tpm"))) return undefined;
  const tpm = domain.config && emulatedTpm(domain.config);
  if (!tpm || (flags & DomainUndefineFlags.KEEP_TPM) !== 0) return undefined;
  return (flags & DomainUndefineFlags.TPM) !== 0 || !tpm.persistentState ? tpm : undefined;
}
