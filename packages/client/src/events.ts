import type { VirError } from "@libvirt-ts/errors";
import { type EventEntry, events } from "./event-table.ts";
import { shownEvent } from "./marshal.ts";
import type { Session } from "./session.ts";
import type { EventOutput } from "./shapes.ts";

export type EventName = keyof typeof events;
export type EventValue<N extends EventName> = EventOutput<(typeof events)[N]["row"]>;

export interface EventOptions {
  /** Only what happens to this object; absent: to all of them. */
  readonly object?: object;
}

export interface WatchOptions extends EventOptions {
  /** Ends the watching with its reason. */
  readonly signal?: AbortSignal;
}

type Listener = (event: never) => void;

/** One registration with the daemon: it refuses a second one of the same, so listeners share it. */
interface Registration {
  readonly listeners: Set<Listener>;
  /** What the daemon calls it. */
  readonly id: Promise<number>;
  callbackId: number | undefined;
}

/** The events of one row: one listener on the wire, handing on by the callback's number. */
class Source {
  readonly #registrations = new Map<string, Registration>();
  readonly #session: Session;
  readonly #entry: EventEntry;
  /** Events may overtake the reply that tells their callback's number. */
  #early: { callbackID: number; event: unknown }[] = [];
  readonly #show: ReturnType<typeof shownEvent> | undefined;

  constructor(session: Session, entry: EventEntry) {
    this.#session = session;
    this.#entry = entry;
    this.#show = entry.row.msg === null ? undefined : shownEvent(entry.row.msg);
    session.onEvent(entry.row, (msg) => this.#onMessage(msg as { callbackID: number })); // every row here has one
  }

  async add(listener: Listener, object: object | undefined): Promise<() => Promise<void>> {
    const key = keyOf(object);
    const registration = this.#registrations.get(key) ?? this.#register(key, object ?? null);
    const own: Listener = (event) => listener(event); // the same listener may come twice
    registration.listeners.add(own);
    await registration.id;
    return () => this.#remove(key, registration, own);
  }

  #register(key: string, object: object | null): Registration {
    const { register, args, id } = this.#entry;
    const reply = this.#session.call(register, args(id, object) as never) as Promise<{ callbackID: number }>;
    const registration: Registration = {
      listeners: new Set(),
      callbackId: undefined,
      id: reply.then(({ callbackID }) => {
        registration.callbackId = callbackID;
        this.#deliverEarly();
        return callbackID;
      }),
    };
    this.#registrations.set(key, registration);
    registration.id.catch(() => this.#registrations.delete(key));
    return registration;
  }

  async #remove(key: string, registration: Registration, listener: Listener): Promise<void> {
    if (!registration.listeners.delete(listener) || registration.listeners.size > 0) return;
    if (this.#registrations.get(key) === registration) this.#registrations.delete(key);
    if (!this.#session.transport.isOpen) return;
    const callbackID = await registration.id;
    await this.#session.call(this.#entry.deregister, { callbackID } as never);
  }

  #onMessage(msg: { callbackID: number }): void {
    const event = this.#show?.(msg as never, this.#session.make);
    const { callbackID } = msg;
    if (this.#deliver(callbackID, event)) return;
    const isWaiting = [...this.#registrations.values()].some(({ callbackId }) => callbackId === undefined);
    if (isWaiting) this.#early.push({ callbackID, event });
  }

  #deliverEarly(): void {
    this.#early = this.#early.filter(({ callbackID, event }) => !this.#deliver(callbackID, event));
    if ([...this.#registrations.values()].every(({ callbackId }) => callbackId !== undefined))
      this.#early = [];
  }

  #deliver(id: number, event: unknown): boolean {
    for (const { callbackId, listeners } of this.#registrations.values()) {
      if (callbackId !== id) continue;
      for (const listener of listeners) listener(event as never);
      return true;
    }
    return false;
  }
}

/** Two handles of one object filter alike. */
function keyOf(object: object | undefined): string {
  if (object === undefined) return "";
  const { uuid, name } = object as { uuid?: Uint8Array; name?: string }; // what the wire knows it by
  return uuid === undefined ? `${name}` : Buffer.from(uuid).toString("hex");
}

/** All events of a connection. */
export class EventHub {
  readonly #session: Session;
  readonly #sources = new Map<EventName, Source>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** @returns takes the listener back. @throws VirError if the daemon has no such events */
  on<N extends EventName>(
    name: N,
    listener: (event: EventValue<N>) => void,
    { object }: EventOptions = {},
  ): Promise<() => Promise<void>> {
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = new Source(this.#session, events[name]);
      this.#sources.set(name, source);
    }
    return source.add(listener, object);
  }

  async *watch<N extends EventName>(
    name: N,
    { object, signal }: WatchOptions = {},
  ): AsyncGenerator<EventValue<N>, void, undefined> {
    signal?.throwIfAborted();
    const waiting: EventValue<N>[] = [];
    let wake = () => {};
    let lost: { why: VirError | undefined } | undefined;
    const off = await this.on(
      name,
      (event) => {
        waiting.push(event);
        wake();
      },
      object && { object },
    );
    const abort = () => wake();
    signal?.addEventListener("abort", abort);
    void this.#session.transport.closed.then((why) => {
      lost = { why };
      wake();
    });
    try {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event;
        signal?.throwIfAborted();
        if (lost?.why !== undefined) throw lost.why;
        if (lost !== undefined) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      await off();
    }
  }
}
