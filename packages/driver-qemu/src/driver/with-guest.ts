import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { JobKind } from "@libvirt-ts/hypervisor";
import type { Guest, QemuDomain } from "../guest.ts";
import { runningGuest } from "../process/cpus.ts";

/** The guest agent's port, by the name guests know it by. */
const AGENT_PORT = "org.qemu.guest_agent.0";

/**
 * Asks a running guest's QEMU, nobody else meanwhile.
 * @param api the public function, named to those who wait in vain
 * @throws VirError OPERATION_INVALID "domain is not running"
 */
export const askGuest = <T>(
  domain: QemuDomain,
  api: string,
  question: (guest: Guest) => Promise<T>,
): Promise<T> => withGuest("query", domain, { api, body: question });

/** As `askGuest`, for what changes the guest. */
export const changeGuest = <T>(
  domain: QemuDomain,
  api: string,
  change: (guest: Guest) => Promise<T>,
): Promise<T> => withGuest("modify", domain, { api, body: change });

function withGuest<T>(
  kind: JobKind,
  domain: QemuDomain,
  { api, body }: { api: string; body: (guest: Guest) => Promise<T> },
): Promise<T> {
  domain.requireActive();
  return domain.jobs.run(kind, { api }, async () => body(runningGuest(domain)));
}

/**
 * Why the guest agent cannot be asked. This driver does not talk to it: a port that exists is not connected.
 * @throws VirError OPERATION_INVALID "domain is not running"
 */
export function agentError(domain: QemuDomain): VirError {
  domain.requireActive();
  const hasPort = domain.def.devices.channels.some(
    ({ target }) => target.type === "virtio" && target.name === AGENT_PORT,
  );
  return hasPort
    ? new VirError(ErrorDomain.QEMU, ErrorCode.AGENT_UNRESPONSIVE, "QEMU guest agent is not connected")
    : new VirError(ErrorDomain.QEMU, ErrorCode.ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
}
