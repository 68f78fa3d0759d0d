import type { QmpEvent } from "@libvirt-ts/qmp";
import type { Guest, QemuDomain } from "../guest.ts";
import { deviceRemoved } from "../process/unplug.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { blockIoError, trayMoved } from "./block.ts";
import { portChanged } from "./channel.ts";
import { graphicsClient } from "./graphics.ts";
import { panicked, reset, resumed, shutDown, slept, stopped, watchdog, woken } from "./run-state.ts";

/** What an event is about, and what it may use. Handlers run to their end at once: nothing in them waits. */
export interface EventContext {
  readonly driver: QemuDriver;
  readonly domain: QemuDomain;
  readonly guest: Guest;
}

type Data = QmpEvent["data"];
export type EventHandler = (context: EventContext, data: Data) => void;

const handlers: Readonly<Record<string, EventHandler>> = {
  STOP: stopped,
  RESUME: resumed,
  SHUTDOWN: shutDown,
  RESET: reset,
  SUSPEND: (context) => slept(context, "memory"),
  SUSPEND_DISK: (context) => slept(context, "disk"),
  WAKEUP: woken,
  WATCHDOG: watchdog,
  GUEST_PANICKED: (context) => panicked(context, "panicked"),
  GUEST_CRASHLOADED: (context) => panicked(context, "crashloaded"),
  BLOCK_IO_ERROR: blockIoError,
  DEVICE_TRAY_MOVED: trayMoved,
  DEVICE_DELETED({ driver, domain, guest }, { device }) {
    if (typeof device === "string") deviceRemoved(driver, domain, guest, device);
  },
  DEVICE_UNPLUG_GUEST_ERROR({ driver, domain, guest }, { device }) {
    driver.events.emit("deviceRemovalFailed", domain, { devAlias: String(device ?? "") });
    guest.settleRemoval(String(device), "refused");
  },
  BALLOON_CHANGE: ({ driver, domain, guest }, { actual }) => {
    guest.balloonBytes = Number(actual);
    driver.events.emit("balloonChange", domain, { actual: BigInt(Math.floor(Number(actual) / 1024)) });
  },
  RTC_CHANGE: ({ driver, domain }, { offset }) => {
    driver.events.emit("rtcChange", domain, { offset: BigInt(Number(offset)) });
  },
  VSERPORT_CHANGE: portChanged,
  VNC_CONNECTED: (context, data) => graphicsClient(context, "connect", data),
  VNC_INITIALIZED: (context, data) => graphicsClient(context, "initialize", data),
  VNC_DISCONNECTED: (context, data) => graphicsClient(context, "disconnect", data),
};

/** Acts on one event of a guest's monitor: state first, then who wants to know, last those who want all of them. */
export function handleEvent(context: EventContext, event: QmpEvent): void {
  handlers[event.event]?.(context, event.data);
  context.driver.monitorEvents.emit(context.domain, event);
}
