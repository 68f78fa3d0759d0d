import { access, unlink } from "node:fs/promises";
import { checkFlags, ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { QemuDriver } from "../qemu-driver.ts";
import { managedImage } from "../save/restore.ts";
import { saveDomain } from "../save/save.ts";
import { openSaveFile } from "../save/save-file.ts";
import { findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { runsAfter } from "./save.ts";

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
      checkFlags(flags, 1, "qemuDomainManagedSaveGetXMLDesc", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const path = managedImage(driver, domain);
      if (!(await exists(path))) throw invalid("domain does not have managed save image");
      const { file, xml } = await openSaveFile(path);
      await file.close();
      return { xml };
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

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, error as NodeJS.ErrnoException, `cannot access '${path}'`); // as above
  }
}
