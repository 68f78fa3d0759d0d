import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { startCpus } from "./cpus.ts";
import { releaseLocks } from "./locks.ts";

/**
 * The guest went off and shall come up again: the same QEMU, reset. Nobody is told that it was off.
 * A guest that cannot be brought up again is ended.
 */
export async function fakeReboot(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  try {
    await domain.jobs.run("modify", { api: "fake reboot" }, async () => {
      guest.isRebooting = true;
      guest.facts.fakeReboot = false;
      await releaseLocks(driver, domain);
      await guest.monitor.systemReset();
      await startCpus(driver, domain, guest, domain.state.name === "crashed" ? "crashed" : "booted");
      driver.status.save(domain);
    });
  } catch (error) {
    driver.log.error({ err: error, domain: domain.name }, "cannot reboot the guest");
    guest.process.signal("SIGTERM");
  } finally {
    guest.isRebooting = false;
  }
}
