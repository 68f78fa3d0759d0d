import { DomainSaveRestoreFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuDriver } from "../qemu-driver.ts";
import { defineSaved, describeSaved } from "../save/edit.ts";
import { restoreDomain } from "../save/restore.ts";
import { saveDomain } from "../save/save.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";

const KNOWN = Flag.BYPASS_CACHE | Flag.RUNNING | Flag.PAUSED;

/** Guests written into files, and brought back. */
export function saveHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainSave: ({ dom, to }) =>
      saveDomain(driver, findDomain(driver, dom), { api: "virDomainSave", path: to }),
    async domainSaveFlags({ dom, to, dxml, flags }) {
      const runs = runsAfter(flags, "qemuDomainSaveFlags");
      const xml = dxml ?? undefined;
      await saveDomain(driver, findDomain(driver, dom), { api: "virDomainSaveFlags", path: to, runs, xml });
    },
    async domainRestore({ from }) {
      await restoreDomain(driver, { api: "virDomainRestore", path: from });
    },
    async domainRestoreFlags({ from, dxml, flags }) {
      const runs = runsAfter(flags, "qemuDomainRestoreInternal");
      const xml = dxml ?? undefined;
      await restoreDomain(driver, { api: "virDomainRestoreFlags", path: from, runs, xml });
    },
    async domainSaveImageGetXmlDesc({ file, flags }) {
      checkFlags(flags, 1, "qemuDomainSaveImageGetXMLDesc", ErrorDomain.QEMU); // SECURE
      return { xml: await describeSaved(driver, file, { secure: flags !== 0 }) };
    },
    async domainSaveImageDefineXml({ file, dxml, flags }) {
      await defineSaved(driver, file, { xml: dxml, runs: runsOnceEdited(flags) });
    },
  };
}

/**
 * What the flags say about the guest once it is back.
 * @throws VirError INVALID_ARG when they contradict each other
 */
export function runsAfter(flags: number, api: string, known: number = KNOWN): boolean | undefined {
  checkFlags(flags, known, api, ErrorDomain.QEMU);
  const runs = (flags & Flag.RUNNING) !== 0;
  const isPaused = (flags & Flag.PAUSED) !== 0;
  if (runs && isPaused) {
    const message =
      "flags 'VIR_DOMAIN_SAVE_RUNNING' and 'VIR_DOMAIN_SAVE_PAUSED' in function 'virDomainSaveFlags' are mutually exclusive";
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
  }
  return runs ? true : isPaused ? false : undefined;
}

/** As `runsAfter`, of the calls that edit what a guest goes on as. */
export const runsOnceEdited = (flags: number): boolean | undefined =>
  runsAfter(flags, "qemuDomainSaveImageDefineXML", Flag.RUNNING | Flag.PAUSED);
