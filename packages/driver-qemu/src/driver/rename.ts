import { domainDefCopy } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { saveConfig } from "./define.ts";

export function renameHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainRename({ dom, newName, flags }) {
      checkFlags(flags, 0, "qemuDomainRename", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const name = newName ?? "";
      checkName(driver, domain, name);
      await domain.jobs.run("modify", { api: "virDomainRename" }, () =>
        whileNeitherChanges(driver, [domain.name, name], () => renameDomain(driver, domain, name)),
      );
      return { retcode: 0 };
    },
  };
}

/** Neither name is defined or undefined meanwhile. The order of the locks is that of the names: no two wait for each other. */
function whileNeitherChanges(
  { defining }: QemuDriver,
  names: [string, string],
  task: () => Promise<void>,
): Promise<void> {
  const [first, second] = names[0] < names[1] ? names : [names[1], names[0]];
  return defining.run(first, () => defining.run(second, task));
}

async function renameDomain(driver: QemuDriver, domain: QemuDomain, name: string): Promise<void> {
  checkName(driver, domain, name);
  const old = domain.name;
  const def = { ...domainDefCopy(domain.def), name };
  const kept = await saveConfig(driver, def);
  try {
    if (domain.autostart) await driver.configs.setAutostart(name, true);
    await driver.configs.remove(old);
  } catch (error) {
    await driver.configs.remove(name);
    throw error;
  }
  domain.announce({ event: "undefined", detail: "renamed" });
  driver.domains.remove(domain);
  domain.configure(kept, name);
  driver.domains.add(domain);
  domain.announce({ event: "defined", detail: "renamed" });
}

function checkName(driver: QemuDriver, domain: QemuDomain, name: string): void {
  if (domain.isActive) throw invalid("cannot rename active domain");
  if (!domain.isPersistent) throw invalid("cannot rename a transient domain");
  if (name === "") {
    const message = "string new_name in virDomainRename must not be empty";
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
  }
  if (name.includes("/"))
    throw new VirError(ErrorDomain.QEMU, ErrorCode.XML_ERROR, `name ${name} cannot contain '/'`);
  if (name === domain.name) throw invalid("Can't rename domain to itself");
  if (driver.domains.byName(name)) throw invalid(`domain with name '${name}' already exists`);
}
