import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { QemuDomain } from "../guest.ts";
import { emulatedTpm, removeState } from "../helpers/tpm-state.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/** A domain that neither runs nor is defined any more: its TPM goes too, unless the definition says that it stays. */
export async function forgetDomain(
  driver: QemuDriver,
  domain: QemuDomain,
  definition: Pick<DomainDef, "devices">,
): Promise<void> {
  driver.domains.remove(domain);
  const tpm = emulatedTpm(definition);
  if (!tpm || tpm.persistentState) return;
  try {
    await removeState(driver.dirs, domain.uuid, tpm);
  } catch (error) {
    driver.log.warn({ err: error, domain: domain.name }, "cannot remove what a TPM kept");
  }
}
