import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import type { Uuid } from "@libvirt-ts/util/uuid";

/** One client's wish to hear about one kind of event. */
export interface Registration<C> {
  /** Counts up over all clients of a driver; what new-style messages begin with. */
  readonly callbackId: number;
  readonly client: C;
  readonly eventId: number;
  /** Only events of this object; absent: of all. */
  readonly uuid: Uuid | undefined;
  /** Old-style messages carry no callback id. */
  readonly style: "old" | "new";
}

export type NewRegistration<C> = Omit<Registration<C>, "callbackId" | "uuid"> & { uuid?: Uuid };

/**
 * Who listens to what. Ids are never used again.
 * @typeParam C a connection
 */
export class EventRegistrations<C> {
  readonly #kind: string;
  readonly #byId = new Map<number, Registration<C>>();
  #next = 0;

  /** @param kind the word in error texts: "domain", "network" */
  constructor(kind: string) {
    this.#kind = kind;
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * @throws VirError INVALID_ARG when this client listens to the same event of the same object already,
   *   whatever the style
   */
  add(wish: NewRegistration<C>): Registration<C> {
    for (const known of this.#byId.values()) {
      if (known.client === wish.client && known.eventId === wish.eventId && known.uuid === wish.uuid)
        throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, "event callback already tracked");
    }
    const registration: Registration<C> = { uuid: undefined, ...wish, callbackId: this.#next++ };
    this.#byId.set(registration.callbackId, registration);
    return registration;
  }

  /** @throws VirError INTERNAL_ERROR when this client has no such registration */
  remove(client: C, callbackId: number): void {
    const known = this.#byId.get(callbackId);
    if (known?.client !== client) throw this.#unknown(callbackId);
    this.#byId.delete(callbackId);
  }

  /** Removal as old-style calls name it: by event. */
  removeOld(client: C, eventId: number): void {
    for (const known of this.#byId.values()) {
      if (known.client === client && known.eventId === eventId && known.style === "old") {
        this.#byId.delete(known.callbackId);
        return;
      }
    }
    throw this.#unknown(eventId);
  }

  /** The client has gone. */
  forget(client: C): void {
    for (const known of this.#byId.values()) if (known.client === client) this.#byId.delete(known.callbackId);
  }

  /** Who wants to hear about this event, in order of registration. */
  *listeners(eventId: number, uuid: Uuid | undefined): Generator<Registration<C>> {
    for (const known of this.#byId.values()) {
      if (known.eventId === eventId && (known.uuid === undefined || known.uuid === uuid)) yield known;
    }
  }

  #unknown(id: number): VirError {
    return internal(ErrorDomain.RPC, `${this.#kind} event callback ${id} not registered`);
  }
}
