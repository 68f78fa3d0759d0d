import type { LifecycleEvent, State } from "@libvirt-ts/hypervisor";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { forgetDomain } from "./forget.ts";
import { logTime } from "./guest-log.ts";

type Shutoff = Extract<State, { name: "shutoff" }>;

/**
 * Ends a guest, takes back everything that was made for it and says so. Whoever comes first decides the reason; all
 * others wait for the same end.
 */
export function stopGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  guest: Guest,
  end: Shutoff,
  event?: LifecycleEvent | null,
): Promise<void> {
  guest.ending ??= finish(driver, domain, guest, end, event);
  return guest.ending;
}

async function finish(
  driver: QemuDriver,
  domain: QemuDomain,
  guest: Guest,
  end: Shutoff,
  event: LifecycleEvent | null | undefined,
): Promise<void> {
  const log = driver.log.child({ domain: domain.name });
  try {
    await guest.process.kill();
  } catch (error) {
    // It is out of our hands, perhaps in the kernel's; the domain is over all the same.
    log.error({ err: error }, "guest process does not end");
  }
  await guest.closeMonitor();
  await noteEnd(driver, domain, guest, end.reason);
  await guest.teardown.run((err) => log.warn({ err }, "clean-up step failed"));
  await driver.status.remove(domain);
  domain.live = undefined;
  const definition = domain.def;
  domain.settle();
  domain.id = -1;
  domain.move(end, event);
  if (!domain.isPersistent) await forgetDomain(driver, domain, definition);
}

/** The last line in the guest's log. */
async function noteEnd(driver: QemuDriver, domain: QemuDomain, guest: Guest, reason: string): Promise<void> {
  const { uuid, name } = domain;
  const { log: path } = guest.facts.paths;
  const message = `${logTime(driver.now())}: shutting down, reason=${reason}\n`;
  try {
    await driver.logs.append({ driver: "qemu", uuid, name, path, message });
  } catch (error) {
    driver.log.warn({ err: error, domain: domain.name }, "cannot write to the guest's log");
  }
}

/**
 * The monitor of a guest has gone, by itself or by us: without a SHUTDOWN event before it was a crash.
 */
export function guestEnded(driver: QemuDriver, domain: QemuDomain, guest: Guest): void {
  if (guest.isStarting || guest.isBeingDestroyed || guest.ending) return;
  const end: Shutoff = guest.hasShutDown
    ? { name: "shutoff", reason: "shutdown" }
    : { name: "shutoff", reason: "crashed" };
  const event: LifecycleEvent = guest.hasShutDown
    ? { event: "stopped", detail: "shutdown" }
    : { event: "stopped", detail: "failed" };
  stopGuest(driver, domain, guest, end, event).catch((error: unknown) =>
    driver.log.error({ err: error, domain: domain.name }, "cannot clean up after a guest"),
  );
}
