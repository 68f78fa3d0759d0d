import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { EventRegistrations, type Registration } from "@libvirt-ts/objects";
import { type EventRow, frame, MessageStatus, MessageType } from "@libvirt-ts/protocol";
import type { Client } from "@libvirt-ts/rpc/server";
import type { Uuid } from "@libvirt-ts/util/uuid";
import {
  type DomainEventFields,
  type DomainEventName,
  domainEvents,
  EVENT_ID_LAST,
  type EventDomain,
  type EventKind,
  OLD_EVENT_ID_LAST,
} from "./event-table.ts";

/** Event messages carry this serial, whatever call caused them. */
const EVENT_SERIAL = 1;

/** What the event queue needs of a connection. */
export type EventClient = Pick<Client, "sendVisible" | "onClose">;

/** The `aclFilter` of all calls that register for domain events. */
const visibility = "domain:getattr";

/** An event's domain, by both forms of its UUID. */
export interface EventSource {
  readonly name: string;
  readonly uuid: Uuid;
  readonly uuidBytes: Uint8Array;
  readonly id: number;
}

/**
 * Who hears about which domain event, and the sending. An event is encoded once for all listeners of a style;
 * only the callback id differs.
 */
export class DomainEvents<C extends EventClient = EventClient> {
  readonly #registrations = new EventRegistrations<C>("domain");
  readonly #known = new WeakSet<C>();

  /** Number of registrations of any kind. */
  get size(): number {
    return this.#registrations.size;
  }

  /**
   * @param uuid only events of this domain
   * @returns the callback id
   * @throws VirError INTERNAL_ERROR for an unknown event, INVALID_ARG for a repeated registration
   */
  register(client: C, eventId: number, style: "old" | "new", uuid?: Uuid): number {
    const last = style === "old" ? OLD_EVENT_ID_LAST : EVENT_ID_LAST;
    if (eventId < 0 || eventId >= last) throw internal(ErrorDomain.RPC, `unsupported event ID ${eventId}`);
    return this.track({ client, eventId, style, ...(uuid === undefined ? {} : { uuid }) });
  }

  /** Registers under the driver's counter without a check of the id: also for events of other programs. */
  track(wish: Parameters<EventRegistrations<C>["add"]>[0]): number {
    const { callbackId } = this.#registrations.add(wish);
    if (!this.#known.has(wish.client)) {
      this.#known.add(wish.client);
      wish.client.onClose(() => this.#registrations.forget(wish.client));
    }
    return callbackId;
  }

  deregister(client: C, callbackId: number): void {
    this.#registrations.remove(client, callbackId);
  }

  deregisterOld(client: C, eventId: number): void {
    this.#registrations.removeOld(client, eventId);
  }

  listeners(eventId: number, uuid: Uuid | undefined): Iterable<Registration<C>> {
    return this.#registrations.listeners(eventId, uuid);
  }

  emit<N extends DomainEventName>(name: N, source: EventSource, fields: DomainEventFields<N>): void {
    const kind = domainEvents[name] as EventKind<DomainEventFields<N>>; // the row of this very name
    const dom: EventDomain = { name: source.name, uuid: source.uuidBytes, id: source.id };
    const attributes = () => ({ domain_name: source.name, domain_uuid: source.uuid });
    let fresh: Uint8Array | undefined;
    let old: Uint8Array | undefined;
    for (const { client, style, callbackId } of this.#registrations.listeners(kind.id, source.uuid)) {
      if (style === "old" && kind.oldRow) {
        old ??= eventFrame(kind.oldRow, kind.oldMessage(dom, fields));
        client.sendVisible(old, visibility, attributes);
      } else {
        fresh ??= eventFrame(kind.row, kind.message(dom, fields));
        client.sendVisible(fresh, visibility, attributes, callbackId);
      }
    }
  }
}

function eventFrame(row: EventRow, message: unknown): Uint8Array {
  const header = {
    prog: row.program.number,
    vers: row.program.version,
    proc: row.number,
    type: MessageType.MESSAGE,
    serial: EVENT_SERIAL,
    status: MessageStatus.OK,
  };
  return row.msg ? frame(header, row.msg, message) : frame(header, null);
}
