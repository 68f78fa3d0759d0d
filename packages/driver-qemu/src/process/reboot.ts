import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { startCpus } from "./cpus.ts";

/**
 * The guest went off and shall come up again: the same QEMU, reset. Nobody is told that it was off.
 * A guest that cannot be brought up again is ended.
 */
export async function fakeReboot(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  try {
    await domain.jobs.run("modify", { api: "fake reboot" }, async () => {
      guest.facts.fakeReboot = false;
      await guest.monitor.systemReset();
      // QEMU stopped the CPUs when the guest went off; its STOP event may not have made the state `paused`.
      const wasCrashed = domain.state.name === "crashed";
      if (domain.state.name !== "paused") domain.move({ name: "paused", reason: "shutdown" }, null);
      await startCpus(driver, domain, guest, wasCrashed ? "crashed" : "booted");
      driver.status.save(domain);
    });
  } catch (error) {
    driver.log.error({ err: error, domain: domain.name }, "cannot reboot the guest");
    guest.process.signal("SIGTERM");
  }
}
