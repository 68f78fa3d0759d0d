import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { NonnullDomain } from "@libvirt-ts/protocol";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";
import { agentError } from "./with-guest.ts";

/** Bits that are known: `virDomainSetTimeFlags` and so on. */
const VCPU_STATES = 1;
const PASSWORD_FLAGS = 1;
const TIME_FLAGS = 1;
const SSH_FLAGS = 3;

/** Calls that only the agent inside the guest could answer. Each says why it cannot be asked. */
export function agentHandlers(driver: QemuDriver): RemoteHandlers {
  const refuse = (dom: NonnullDomain): never => {
    throw agentError(findDomain(driver, dom));
  };
  /** @param known flags of the call */
  const refusal =
    (functionName: string, known: number) =>
    ({ dom, flags }: { dom: NonnullDomain; flags: number }): never => {
      checkFlags(flags, known, functionName, ErrorDomain.QEMU);
      return refuse(dom);
    };
  return {
    domainPmSuspendForDuration: refusal("qemuDomainPMSuspendForDuration", 0),
    domainGetTime: refusal("qemuDomainGetTime", 0),
    domainSetTime: refusal("qemuDomainSetTime", TIME_FLAGS),
    domainGetFsinfo: refusal("qemuDomainGetFSInfo", 0),
    domainGetGuestInfo: refusal("qemuDomainGetGuestInfo", 0),
    domainFsfreeze: refusal("qemuDomainFSFreeze", 0),
    domainFsthaw: refusal("qemuDomainFSThaw", 0),
    domainFstrim: refusal("qemuDomainFSTrim", 0),
    domainGetGuestVcpus: refusal("qemuDomainGetGuestVcpus", 0),
    domainSetGuestVcpus: refusal("qemuDomainSetGuestVcpus", VCPU_STATES),
    domainSetUserPassword: refusal("qemuDomainSetUserPassword", PASSWORD_FLAGS),
    domainAuthorizedSshKeysGet: refusal("qemuDomainAuthorizedSSHKeysGet", 0),
    domainAuthorizedSshKeysSet: refusal("qemuDomainAuthorizedSSHKeysSet", SSH_FLAGS),
  };
}
