import { ErrorDomain, internal } from "@libvirt-ts/errors";
import type { AclRule, EventRow, Msg } from "@libvirt-ts/protocol";
import { type Client, eventFrame } from "@libvirt-ts/rpc/server";
import { EventRegistrations } from "./event-registrations.ts";

/** What sending events needs of a connection. */
export type ListeningClient = Pick<Client, "sendEvent" | "sendVisible" | "onClose">;

/** Which event of which object. */
export interface EventSubject {
  readonly eventId: number;
  /** What registrations tell objects by: the UUID, or the name of those that have none. */
  readonly key: string;
  /** Who may hear of it, where access drivers decide: the `aclFilter` of the registering call, and the object. */
  readonly visibility?: { readonly filter: AclRule; readonly object: Parameters<Client["sendVisible"]>[2] };
}

/** Who hears about which event of one kind of objects, and the sending. */
export class ObjectEvents {
  readonly #kind: string;
  readonly #known: readonly number[];
  readonly #registrations: EventRegistrations<ListeningClient>;
  readonly #clients = new WeakSet<ListeningClient>();

  /**
   * @param kind the word in error texts: "network", "storage pool"
   * @param known ids of the events there are
   */
  constructor(kind: string, known: readonly number[]) {
    this.#kind = kind;
    this.#known = known;
    this.#registrations = new EventRegistrations(kind);
  }

  /**
   * @param key only events of this object
   * @returns the callback id
   * @throws VirError INTERNAL_ERROR for an unknown event, INVALID_ARG for a repeated registration
   */
  register(client: ListeningClient, eventId: number, key?: string): number {
    if (!this.#known.includes(eventId))
      throw internal(ErrorDomain.RPC, `unsupported ${this.#kind} event ID ${eventId}`);
    const only = key === undefined ? {} : { uuid: key };
    const { callbackId } = this.#registrations.add({ client, eventId, style: "new", ...only });
    if (!this.#clients.has(client)) {
      this.#clients.add(client);
      client.onClose(() => this.#registrations.forget(client));
    }
    return callbackId;
  }

  /** @throws VirError INTERNAL_ERROR when this client has no such registration */
  deregister(client: ListeningClient, callbackId: number): void {
    this.#registrations.remove(client, callbackId);
  }

  /** @param message for the registration with this callback id */
  send<R extends EventRow>(
    row: R,
    { eventId, key, visibility }: EventSubject,
    message: (callbackId: number) => Msg<R>,
  ): void {
    for (const { client, callbackId } of this.#registrations.listeners(eventId, key)) {
      if (visibility === undefined) client.sendEvent(row, message(callbackId));
      else client.sendVisible(eventFrame(row, message(callbackId)), visibility.filter, visibility.object);
    }
  }
}
