import { access, unlink } from "node:fs/promises";
import { checkFlags, ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { defineSaved, describeSaved } from "../save/edit.ts";
import { managedImage } from "../save/restore.ts";
import { saveDomain } from "../save/save.ts";
import { findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { runsAfter, runsOnceEdited } from "./save.ts";

/** Saved guests that libvirt keeps for itself: the next start brings them back. */
export function managedSaveHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainManagedSave({ dom, flags }) {
      const runs = runsAfter(flags, "qemuDomainManagedSave");
      const domain = findDomain(driver, dom);
      domain.requireActive();
      if (!domain.isPersistent) throw invalid("cannot do managed save for transient domain");
      await saveDomain(driver, domain, {
        api: "virDomainManagedSave",
        path: managedImage(driver, domain),
        runs,
      });
    },
    async domainManagedSaveGetXmlDesc({ dom, flags }) {
      checkFlags(flags, 1, "qemuDomainManagedSaveGetXMLDesc", ErrorDomain.QEMU); // SECURE
      const path = await savedImage(driver, findDomain(driver, dom));
      return { xml: await describeSaved(driver, path, { secure: flags !== 0 }) };
    },
    async domainManagedSaveDefineXml({ dom, dxml, flags }) {
      const domain = findDomain(driver, dom);
      await domain.jobs.run("modify", { api: "virDomainManagedSaveDefineXML" }, async () => {
        const path = await savedImage(driver, domain);
        await defineSaved(driver, path, { xml: dxml ?? "", runs: runsOnceEdited(flags) });
      });
    },
    async domainHasManagedSaveImage({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainHasManagedSaveImage", ErrorDomain.QEMU);
      return { result: (await exists(managedImage(driver, findDomain(driver, dom)))) ? 1 : 0 };
    },
    async domainManagedSaveRemove({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainManagedSaveRemove", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const image = managedImage(driver, domain);
      await domain.jobs.run("modify", { api: "virDomainManagedSaveRemove" }, async () => {
        try {
          await unlink(image);
        } catch (error) {
          const what = `Failed to remove managed save file '${image}'`;
          throw systemError(ErrorDomain.QEMU, error as NodeJS.ErrnoException, what); // node:fs throws nothing else
        }
      });
    },
  };
}

/** @throws VirError OPERATION_INVALID when there is none */
async function savedImage(driver: QemuDriver, domain: QemuDomain): Promise<string> {
  const path = managedImage(driver, domain);
  if (!(await exists(path))) throw invalid("domain does not have managed save image");
  return path;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, error as NodeJS.ErrnoException, `cannot access '${path}'`); // as above
  }
}
