import type { LostLock } from "@libvirt-ts/lock-manager";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { stopCpus } from "./cpus.ts";
import { startDomain } from "./start.ts";
import { stopGuest } from "./stop.ts";

/**
 * Another host may write what this guest writes: does what its definition asks for. Without `<on_lockfailure>` it goes
 * on, and its administrators find it in the log and in `virt-lock list`.
 */
export function lockLost(driver: QemuDriver, { uuid, pid, path }: LostLock): void {
  const domain = [...driver.domains].find((each) => each.uuid === uuid);
  const guest = domain?.live;
  if (!domain || !guest || guest.process.pid !== pid || guest.ending) return;
  const action = domain.def.onLockfailure ?? "ignore";
  const log = driver.log.child({ domain: domain.name });
  log.error({ image: path, action }, "the lock on an image is lost: another host may write it");
  carryOut(driver, domain, guest, action).catch((error: unknown) =>
    log.error({ err: error, action }, "cannot act on a lost lock"),
  );
}

type Action = NonNullable<QemuDomain["def"]["onLockfailure"]>;

async function carryOut(driver: QemuDriver, domain: QemuDomain, guest: Guest, action: Action): Promise<void> {
  switch (action) {
    case "ignore":
      return;
    case "pause":
      await domain.jobs.run("suspend", { api: "on_lockfailure" }, async () => {
        if (domain.live === guest && domain.state.name === "running") await stopCpus(guest, "ioerror");
      });
      return;
    case "poweroff":
      await powerOff(driver, domain, guest);
      return;
    case "restart":
      await powerOff(driver, domain, guest);
      if (!domain.isActive) await startDomain(driver, domain, { api: "on_lockfailure", paused: false });
  }
}

/** At once, and not by SIGTERM, on which QEMU would write what it has kept back. */
async function powerOff(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  guest.isBeingDestroyed = true;
  guest.process.signal("SIGKILL");
  await guest.process.kill();
  await stopGuest(driver, domain, guest, { name: "shutoff", reason: "failed" });
}
