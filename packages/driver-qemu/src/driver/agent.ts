import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";
import { agentMissing } from "./info.ts";

/**
 * Calls that only the guest's own agent can answer. There is no conversation with it yet: they end as they do when
 * it does not run.
 */
export function agentHandlers(driver: QemuDriver): RemoteHandlers {
  const refuse = ({ dom }: { dom: Parameters<typeof findDomain>[1] }): never => {
    findDomain(driver, dom).requireActive();
    throw agentMissing();
  };
  return {
    domainGetTime: refuse,
    domainSetTime: refuse,
    domainGetFsinfo: refuse,
    domainFstrim: refuse,
    domainFsfreeze: refuse,
    domainFsthaw: refuse,
    domainGetGuestVcpus: refuse,
    domainSetGuestVcpus: refuse,
    domainGetGuestInfo: refuse,
    domainSetUserPassword: refuse,
    domainAuthorizedSshKeysGet: refuse,
    domainAuthorizedSshKeysSet: refuse,
    domainPmSuspendForDuration: refuse,
  };
}
