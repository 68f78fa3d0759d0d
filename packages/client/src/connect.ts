import { ConnectFlags, DriverFeature } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { qemu, remote, type TypedValue, typedParams } from "@libvirt-ts/protocol";
import { bindCalls, type CallsOfConnection } from "./calls.ts";
import { EventHub, type EventName, type EventOptions, type EventValue, type WatchOptions } from "./events.ts";
import { Domain, isOfObject, makeObject } from "./objects.ts";
import { type OpenOptions, openTransport } from "./open.ts";
import { Session } from "./session.ts";
import type { CallOptions } from "./shapes.ts";
import type { Transport } from "./transport.ts";
import { planOf } from "./uri.ts";

type RemoteRows = typeof remote.procs;

/** Rows that the connection makes itself, and those that are about one object. */
type Hidden =
  | `auth${string}`
  | `connect${string}Event${string}`
  | `connect${string}CloseCallback`
  | "connectOpen"
  | "connectClose"
  | "connectSupportsFeature"
  | "connectSetIdentity";
const hidden = /^auth|^connect(\w*Event\w*|\w+CloseCallback|Open|Close|SupportsFeature|SetIdentity)$/;

/** Arguments that objects stand in. */
type ObjectField =
  | "dom"
  | "snap"
  | "snapshot"
  | "checkpoint"
  | "net"
  | "network"
  | "port"
  | "pool"
  | "vol"
  | "iface"
  | "secret"
  | "nwfilter";

/** The rows of no object. */
type OwnRows = {
  [K in keyof RemoteRows as RemoteRows[K] extends { args: { type: infer A } }
    ? K extends `connect${string}`
      ? K
      : Extract<keyof A, ObjectField> extends never
        ? K extends `nodeDevice${string}`
          ? "name" extends keyof A
            ? K extends `${string}Lookup${string}`
              ? K
              : never
            : K
          : K
        : never
    : K]: RemoteRows[K];
};

type Calls = CallsOfConnection<OwnRows, "connect", Hidden>;

/** The calls about no object, by the names of their rows ("connect" taken off): `listAllDomains`, `nodeGetInfo`. */
const Base = class {} as new () => Calls; // bound below
bindCalls(Base.prototype, [
  { rows: remote.procs, takes: (row) => !hidden.test(row.name) && !isOfObject(row), prefix: "connect" },
]);

export interface ConnectOptions extends OpenOptions {
  /** Only look. */
  readonly readOnly?: boolean;
  /** Pings after this many seconds of silence, and how many may stay unanswered; false: none. */
  readonly keepalive?: { interval: number; count: number } | false;
}

const defaultKeepalive = { interval: 5, count: 6 };

/** A connection to a hypervisor or to another driver. `open` makes one. */
export class Connect extends Base {
  readonly session: Session;
  readonly #events: EventHub;
  readonly #uri: string | undefined;
  #closing: Promise<void> | undefined;

  private constructor(session: Session, uri: string | undefined) {
    super();
    Object.defineProperty(this, "session", { value: session });
    this.session = session;
    this.#events = new EventHub(session);
    this.#uri = uri;
  }

  /**
   * @param uri as libvirt's clients take it; default: LIBVIRT_DEFAULT_URI, or what the daemon chooses
   * @throws VirError as the daemon or the way to it says; the reason of an aborted `signal`
   */
  static async open(uri?: string, options: ConnectOptions = {}): Promise<Connect> {
    const env = options.env ?? process.env;
    const given = uri ?? env.LIBVIRT_DEFAULT_URI ?? "";
    const plan = planOf(given);
    const transport = await openTransport(plan, options);
    return Connect.over(transport, { ...options, name: plan.name, ...(given !== "" && { uri: given }) });
  }

  /** A connection on any transport. @param name of what is behind it, as the daemon takes it */
  static async over(
    transport: Transport,
    {
      name,
      uri,
      readOnly = false,
      keepalive = defaultKeepalive,
      signal,
    }: ConnectOptions & { name: string; uri?: string },
  ): Promise<Connect> {
    const session = new Session(transport, makeObject);
    const { connectOpen, connectSupportsFeature } = remote.procs;
    try {
      if (keepalive !== false && transport.startKeepalive !== undefined) {
        const feature = DriverFeature.PROGRAM_KEEPALIVE;
        const { supported } = await session.call(connectSupportsFeature, { feature }, { signal });
        if (supported === 1) transport.startKeepalive(keepalive);
      }
      await session.call(connectOpen, { name, flags: readOnly ? ConnectFlags.RO : 0 }, { signal });
      return new Connect(session, uri);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  /** False once it is closed or lost. */
  get isAlive(): boolean {
    return this.session.transport.isOpen;
  }

  /** Settles when the connection is down: with the reason, or undefined after `close()`. */
  get closed(): Promise<VirError | undefined> {
    return this.session.transport.closed;
  }

  /** The URI it was opened by; what the daemon chose if there was none. */
  async uri(options?: CallOptions): Promise<string> {
    return this.#uri ?? this.getUri(undefined, options);
  }

  /** Whether driver and daemon have a feature; see `DriverFeature`. */
  async supportsFeature(feature: number, options?: CallOptions): Promise<boolean> {
    const row = remote.procs.connectSupportsFeature;
    return (await this.session.call(row, { feature }, options)).supported === 1;
  }

  /** The daemon takes the caller for somebody else from now on; not for everybody. */
  async setIdentity(params: Readonly<Record<string, TypedValue>>, options?: CallOptions): Promise<void> {
    const args = { params: typedParams(params), flags: 0 };
    await this.session.call(remote.procs.connectSetIdentity, args, options);
  }

  /** Makes a domain of a QEMU process that runs already. */
  async qemuAttach({ pidValue, flags = 0 }: { pidValue: number; flags?: number }): Promise<Domain> {
    const { dom } = await this.session.call(qemu.procs.domainAttach, { pidValue, flags });
    return new Domain(this.session, dom);
  }

  /**
   * Calls `listener` for each event.
   * @returns takes the listener back
   * @throws VirError if the daemon has no such events
   */
  on<N extends EventName>(
    name: N,
    listener: (event: EventValue<N>) => void,
    options?: EventOptions,
  ): Promise<() => Promise<void>> {
    return this.#events.on(name, listener, options);
  }

  /**
   * The events from now on, until the loop is left, `signal` aborts or the connection ends. They wait for their
   * reader: one that stays behind keeps them all in memory.
   * @throws VirError if the connection is lost; the reason of the aborted `signal`
   */
  watch<N extends EventName>(
    name: N,
    options?: WatchOptions,
  ): AsyncGenerator<EventValue<N>, void, undefined> {
    return this.#events.watch(name, options);
  }

  /** Calls in flight fail. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { transport } = this.session;
    if (!transport.isOpen) return;
    try {
      await this.session.call(remote.procs.connectClose, undefined);
    } catch (error) {
      if (!(error instanceof VirError) || !isLoss(error)) throw error;
    } finally {
      transport.close();
    }
    await transport.closed;
  }
}

/** The daemon may hang up before its answer is read. */
const isLoss = ({ code, domain }: VirError): boolean =>
  domain === ErrorDomain.RPC && (code === ErrorCode.SYSTEM_ERROR || code === ErrorCode.INTERNAL_ERROR);
