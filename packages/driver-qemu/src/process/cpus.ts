import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { acquireLocks, releaseLocks } from "./locks.ts";

/**
 * Lets the guest run, its images locked. The RESUME event makes the state `running`.
 * @param reason what the new state shall say
 * @throws VirError RESOURCE_BUSY (an image is locked elsewhere); the CPUs stay stopped then
 */
export async function startCpus(
  driver: QemuDriver,
  domain: QemuDomain,
  guest: Guest,
  reason: Guest["runReason"],
): Promise<void> {
  guest.runReason = reason;
  try {
    await acquireLocks(driver, domain);
  } catch (error) {
    guest.runReason = "unpaused";
    throw error;
  }
  try {
    await guest.monitor.cont();
  } catch (error) {
    guest.runReason = "unpaused";
    await releaseLocks(driver, domain);
    throw error;
  }
}

/** Stops the CPUs; the STOP event makes the state `paused` and gives the locks back. */
export async function stopCpus(guest: Guest, reason: Guest["pauseReason"]): Promise<void> {
  guest.pauseReason = reason;
  try {
    await guest.monitor.stop();
  } catch (error) {
    guest.pauseReason = "unknown";
    throw error;
  }
}

/** The guest of an active domain. @throws VirError OPERATION_INVALID "domain is not running" */
export function runningGuest(domain: QemuDomain): Guest {
  domain.requireActive();
  if (!domain.live)
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.OPERATION_INVALID, "domain is not running");
  return domain.live;
}
