import { ConnectDomainQemuMonitorEventRegisterFlags as Flag } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type DomainEvents, domainAttributes } from "@libvirt-ts/hypervisor";
import { qemu } from "@libvirt-ts/protocol";
import type { QmpEvent } from "@libvirt-ts/qmp";
import { type Client, eventFrame } from "@libvirt-ts/rpc/server";
import type { Uuid } from "@libvirt-ts/util/uuid";
import { wireDomain } from "../driver/common.ts";
import type { QemuDomain } from "../guest.ts";

/** Which events a client wants. */
export interface MonitorEventWish {
  uuid: Uuid | undefined;
  /** A name, or with REGEX a pattern; absent: all. */
  event: string | undefined;
  flags: number;
}

interface Listener {
  readonly client: Client;
  readonly uuid: Uuid | undefined;
  readonly wants: (event: string) => boolean;
}

/** Clients that want to see the events of QEMU's monitors as they come. */
export class MonitorEvents {
  readonly #events: DomainEvents<Client>;
  readonly #listeners = new Map<number, Listener>();
  #kinds = 0;

  /** @param events counts the callback ids of all events of this driver */
  constructor(events: DomainEvents<Client>) {
    this.#events = events;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /**
   * @returns the callback id
   * @throws VirError INVALID_ARG for a pattern that is none
   */
  register(client: Client, { uuid, event, flags }: MonitorEventWish): number {
    const wants = eventFilter(event, flags);
    // Each registration is an event kind of its own: the same client may have several.
    const eventId = -1 - this.#kinds++;
    const callbackId = this.#events.track({
      client,
      eventId,
      style: "new",
      ...(uuid === undefined ? {} : { uuid }),
    });
    this.#listeners.set(callbackId, { client, uuid, wants });
    client.onClose(() => this.#listeners.delete(callbackId));
    return callbackId;
  }

  /** @throws VirError INTERNAL_ERROR when this client has no such registration */
  deregister(client: Client, callbackId: number): void {
    this.#events.deregister(client, callbackId);
    this.#listeners.delete(callbackId);
  }

  emit(domain: QemuDomain, { event, data, timestamp }: QmpEvent): void {
    for (const [callbackID, { client, uuid, wants }] of this.#listeners) {
      if ((uuid !== undefined && uuid !== domain.uuid) || !wants(event)) continue;
      const row = qemu.procs.domainMonitorEvent;
      const message = {
        callbackID,
        dom: wireDomain(domain),
        event,
        seconds: BigInt(timestamp.seconds),
        micros: timestamp.microseconds,
        details: Object.keys(data).length === 0 ? null : JSON.stringify(data),
      };
      if (client.maySee === undefined) client.sendEvent(row, message);
      else client.sendVisible(eventFrame(row, message), "domain:getattr", () => domainAttributes(domain));
    }
  }
}

/** Whether a client that asked with these words wants an event. */
export function eventFilter(wanted: string | undefined, flags: number): (event: string) => boolean {
  if (wanted === undefined) return () => true;
  const ignoresCase = (flags & Flag.NOCASE) !== 0;
  if ((flags & Flag.REGEX) !== 0) {
    const pattern = compile(wanted, ignoresCase);
    return (event) => pattern.test(event);
  }
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  return (event) => fold(event) === fold(wanted);
}

function compile(pattern: string, ignoresCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoresCase ? "iu" : "u");
  } catch (cause) {
    throw new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, `failed to compile regex ${pattern}`, {
      cause,
    });
  }
}
