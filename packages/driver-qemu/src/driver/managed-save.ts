import { access, unlink } from "node:fs/promises";
import { join } from "node:path";
import { checkFlags, ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";

/** Saved guests that libvirt keeps for itself. None is made here; one from elsewhere can be seen and removed. */
export function managedSaveHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainHasManagedSaveImage({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainHasManagedSaveImage", ErrorDomain.QEMU);
      return { result: (await exists(imageOf(driver, findDomain(driver, dom)))) ? 1 : 0 };
    },
    async domainManagedSaveRemove({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainManagedSaveRemove", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const image = imageOf(driver, domain);
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

const imageOf = ({ dirs }: QemuDriver, { name }: QemuDomain): string => join(dirs.save, `${name}.save`);

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false; // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, error as NodeJS.ErrnoException, `cannot access '${path}'`); // as above
  }
}
