import type { Reason } from "@libvirt-ts/hypervisor";
import { releaseLocks } from "../process/locks.ts";
import { fakeReboot } from "../process/reboot.ts";
import { stopGuest } from "../process/stop.ts";
import type { EventContext, EventHandler } from "./qmp-events.ts";

/** `virDomainEventWatchdogAction`, by QEMU's words. */
const watchdogActions: Readonly<Record<string, number>> = {
  none: 0,
  pause: 1,
  reset: 2,
  poweroff: 3,
  shutdown: 4,
  debug: 5,
  "inject-nmi": 6,
};

function pause({ driver, domain, guest }: EventContext, reason: Reason<"paused">): void {
  domain.move({ name: "paused", reason });
  driver.status.save(domain);
  guest.queue.push(() => releaseLocks(driver, domain));
}

/** The CPUs stopped; whoever made them stop said why beforehand. */
export const stopped: EventHandler = (context) => {
  const { domain, guest } = context;
  const reason = guest.pauseReason;
  guest.pauseReason = "unknown";
  if (domain.state.name === "running" && !guest.isRebooting) pause(context, reason);
};

export const resumed: EventHandler = ({ driver, domain, guest }) => {
  const reason = guest.runReason;
  guest.runReason = "unpaused";
  const { name } = domain.state;
  if (name !== "paused" && name !== "crashed") return;
  domain.move({ name: "running", reason });
  driver.status.save(domain);
};

/** The guest went off, or QEMU was told to end. With `-no-shutdown` QEMU waits for us to end it. */
export const shutDown: EventHandler = ({ driver, domain, guest }, { guest: byGuest }) => {
  // Its end is decided already, and is told in other words: saved, failed.
  if (guest.hasShutDown || guest.ending) return;
  const again = guest.facts.fakeReboot || domain.def.onPoweroff === "restart";
  if (again && !guest.isBeingDestroyed) {
    guest.isRebooting = true;
    guest.queue.push(() => fakeReboot(driver, domain, guest));
    return;
  }
  guest.hasShutDown = true;
  const detail = byGuest === undefined ? "finished" : byGuest ? "guest" : "host";
  if (domain.state.name !== "shutdown") {
    domain.move({ name: "shutdown", reason: "unknown" }, { event: "shutdown", detail });
    driver.status.save(domain);
  }
  guest.process.signal("SIGTERM");
};

export const reset: EventHandler = ({ driver, domain, guest }) => {
  if (guest.isStarting) return;
  driver.events.emit("reboot", domain, {});
};

export function slept({ driver, domain }: EventContext, to: "memory" | "disk"): void {
  if (domain.state.name !== "running") return;
  domain.move({ name: "pmsuspended", reason: "unknown" }, { event: "pmsuspended", detail: to });
  driver.status.save(domain);
  driver.events.emit(to === "memory" ? "pmSuspend" : "pmSuspendDisk", domain, {});
}

export const woken: EventHandler = ({ driver, domain }) => {
  if (domain.state.name === "pmsuspended") {
    domain.move({ name: "running", reason: "wakeup" });
    driver.status.save(domain);
  }
  driver.events.emit("pmWakeup", domain, {});
};

export const watchdog: EventHandler = (context, { action }) => {
  const { driver, domain } = context;
  driver.events.emit("watchdog", domain, { action: watchdogActions[String(action)] ?? 0 });
  if (action === "pause" && domain.state.name === "running") pause(context, "watchdog");
};

/** The guest's kernel gave up: what happens now is the domain's choice. */
export function panicked(context: EventContext, how: "panicked" | "crashloaded"): void {
  const { driver, domain, guest } = context;
  if (how === "crashloaded") {
    domain.announce({ event: "crashed", detail: "crashloaded" });
    return;
  }
  domain.move({ name: "crashed", reason: "panicked" });
  driver.status.save(domain);
  guest.queue.push(() => releaseLocks(driver, domain));
  const action = domain.def.onCrash ?? "destroy";
  if (action === "restart" || action === "coredump-restart") {
    guest.queue.push(() => fakeReboot(driver, domain, guest));
  } else if (action !== "preserve") {
    guest.queue.push(() => stopGuest(driver, domain, guest, { name: "shutoff", reason: "crashed" }));
  }
}
