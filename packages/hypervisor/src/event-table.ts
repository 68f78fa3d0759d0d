import { type EventRow, type Msg, remote } from "@libvirt-ts/protocol";

const p = remote.procs;

/** The domain an event is about, as on the wire. */
export interface EventDomain {
  name: string;
  uuid: Uint8Array;
  id: number;
}

/**
 * One kind of domain event.
 * @typeParam F what an event of this kind tells besides its domain
 */
export interface EventKind<F> {
  /** `virDomainEventID`. */
  readonly id: number;
  /** The message for new-style registrations; its body begins with the callback id. */
  readonly row: EventRow;
  /** The message without callback id, for old-style registrations; newer events have none. */
  readonly oldRow: EventRow | undefined;
  /** The new-style message with callback id 0. */
  message(dom: EventDomain, fields: F): unknown;
  oldMessage(dom: EventDomain, fields: F): unknown;
}

/** The old events: the new message wraps the old one. */
function wrapped<O extends EventRow, N extends EventRow>(
  id: number,
  oldRow: O,
  row: N,
  outside: object = {},
): EventKind<Omit<Msg<O> & object, "dom">> {
  const oldMessage = (dom: EventDomain, fields: object) => ({ dom, ...fields });
  const message = (dom: EventDomain, fields: object) => ({
    callbackID: 0,
    ...outside,
    msg: oldMessage(dom, fields),
  });
  return { id, row, oldRow, message, oldMessage };
}

/** The newer ones: flat, callback id first. */
function flat<N extends EventRow>(
  id: number,
  row: N,
): EventKind<Omit<Msg<N> & object, "dom" | "callbackID">> {
  const message = (dom: EventDomain, fields: object) => ({ callbackID: 0, dom, ...fields });
  return { id, row, oldRow: undefined, message, oldMessage: message };
}

/** All domain events, by their API names. */
export const domainEvents = {
  lifecycle: wrapped(0, p.domainEventLifecycle, p.domainEventCallbackLifecycle),
  reboot: wrapped(1, p.domainEventReboot, p.domainEventCallbackReboot),
  rtcChange: wrapped(2, p.domainEventRtcChange, p.domainEventCallbackRtcChange),
  watchdog: wrapped(3, p.domainEventWatchdog, p.domainEventCallbackWatchdog),
  ioError: wrapped(4, p.domainEventIoError, p.domainEventCallbackIoError),
  graphics: wrapped(5, p.domainEventGraphics, p.domainEventCallbackGraphics),
  ioErrorReason: wrapped(6, p.domainEventIoErrorReason, p.domainEventCallbackIoErrorReason),
  controlError: wrapped(7, p.domainEventControlError, p.domainEventCallbackControlError),
  blockJob: wrapped(8, p.domainEventBlockJob, p.domainEventCallbackBlockJob),
  diskChange: wrapped(9, p.domainEventDiskChange, p.domainEventCallbackDiskChange),
  trayChange: wrapped(10, p.domainEventTrayChange, p.domainEventCallbackTrayChange),
  pmWakeup: wrapped(11, p.domainEventPmwakeup, p.domainEventCallbackPmwakeup, { reason: 0 }),
  pmSuspend: wrapped(12, p.domainEventPmsuspend, p.domainEventCallbackPmsuspend, { reason: 0 }),
  balloonChange: wrapped(13, p.domainEventBalloonChange, p.domainEventCallbackBalloonChange),
  pmSuspendDisk: wrapped(14, p.domainEventPmsuspendDisk, p.domainEventCallbackPmsuspendDisk, { reason: 0 }),
  deviceRemoved: wrapped(15, p.domainEventDeviceRemoved, p.domainEventCallbackDeviceRemoved),
  blockJob2: flat(16, p.domainEventBlockJob2),
  tunable: flat(17, p.domainEventCallbackTunable),
  agentLifecycle: flat(18, p.domainEventCallbackAgentLifecycle),
  deviceAdded: flat(19, p.domainEventCallbackDeviceAdded),
  migrationIteration: flat(20, p.domainEventCallbackMigrationIteration),
  jobCompleted: flat(21, p.domainEventCallbackJobCompleted),
  deviceRemovalFailed: flat(22, p.domainEventCallbackDeviceRemovalFailed),
  metadataChange: flat(23, p.domainEventCallbackMetadataChange),
  blockThreshold: flat(24, p.domainEventBlockThreshold),
  memoryFailure: flat(25, p.domainEventMemoryFailure),
  memoryDeviceSizeChange: flat(26, p.domainEventMemoryDeviceSizeChange),
  nicMacChange: flat(27, p.domainEventNicMacChange),
} as const;

export type DomainEventName = keyof typeof domainEvents;
/** What an event of this name tells besides its domain. */
export type DomainEventFields<N extends DomainEventName> =
  (typeof domainEvents)[N] extends EventKind<infer F> ? F : never;

/** Ids from 0 up to here, exclusive, exist. */
export const EVENT_ID_LAST = Object.keys(domainEvents).length;
/** Old-style registrations reach up to here, exclusive. */
export const OLD_EVENT_ID_LAST = Object.values(domainEvents).filter(
  ({ oldRow }) => oldRow !== undefined,
).length;
