import { errnoName } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { type Native, type Poll, READABLE, native as systemNative } from "@libvirt-ts/native";
import { type Clock, Keepalive, keepalive as sharedKeepalive, systemClock } from "../keepalive.ts";
import { type OpenSocket, UnixSocket } from "../socket.ts";
import { type DispatchTable, dispatchTable } from "./dispatch-table.ts";
import { descriptorsOf, type SavedConnection } from "./saved-connection.ts";
import { type ClientHost, type ClientOptions, ServerClient } from "./server-client.ts";
import type { Client, Limits, ListenOptions, PeerCredentials, Service } from "./types.ts";

export interface ServerOptions {
  /** As shown by admin clients: the daemon's name. */
  name: string;
  services: readonly Service[];
  log: Logger;
  limits?: Partial<Limits>;
  native?: Native;
  clock?: Clock;
}

/** The defaults of the driver daemons' configuration. */
export const defaultLimits: Readonly<Limits> = {
  maxClients: 5000,
  maxAnonymousClients: 20,
  maxClientRequests: 5,
  maxQueuedBytes: 67_108_864,
  keepaliveInterval: 5,
  keepaliveCount: 5,
};

interface Listener {
  readonly fd: number;
  readonly poll: Poll;
  readonly options: ListenOptions;
}

const EAGAIN = -11;
/** Peers that hung up while waiting, and the like: the next one may be fine. */
const passing: ReadonlySet<number> = new Set([-1, -4, -71, -103]); // EPERM EINTR EPROTO ECONNABORTED
const shortageMs = 5_000;
/** Clients accepted before others get their turn. */
const acceptBurst = 64;

/** Accepts clients on any number of listening sockets and serves its programs to them. */
export class Server {
  readonly name: string;
  readonly limits: Limits;
  readonly #log: Logger;
  readonly #native: Native;
  readonly #clock: Clock;
  readonly #tables: readonly DispatchTable[];
  readonly #host: ClientHost;
  readonly #clients = new Set<ServerClient>();
  #listeners: Listener[] = [];
  #anonymous = 0;
  #lastId = 0n;
  #accepting = false;
  #suspended = false;
  #cancelPause: (() => void) | undefined;
  readonly #idleListeners = new Set<() => void>();
  readonly #clientListeners = new Set<(client: Client) => void>();

  constructor({ name, services, log, limits, native = systemNative, clock }: ServerOptions) {
    this.name = name;
    this.limits = { ...defaultLimits, ...limits };
    this.#log = log.child({ mod: "rpc.server" });
    this.#native = native;
    this.#clock = clock ?? systemClock;
    this.#tables = services.map(dispatchTable);
    this.#host = {
      limits: this.limits,
      log: this.#log,
      keepalive: clock === undefined ? sharedKeepalive : new Keepalive(clock, 1),
      table: (prog, vers) => this.#tables.find((each) => each.prog === prog && each.vers === vers),
      onAuthenticated: () => {
        this.#anonymous--;
        this.#update();
      },
      onClosed: (client) => this.#onClosed(client),
    };
  }

  get clients(): Iterable<Client> {
    return this.#clients;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Clients that have not authenticated yet. */
  get anonymousCount(): number {
    return this.#anonymous;
  }

  /** Starts accepting on a bound and listening socket, which then belongs to the server. */
  listen(fd: number, options: ListenOptions = {}): void {
    this.#native.setNonBlocking(fd, true);
    const listener: Listener = { fd, poll: new this.#native.Poll(fd), options };
    this.#listeners.push(listener);
    if (this.#accepting) this.#watch(listener);
    this.#update();
  }

  /** Runs whenever the last client has gone. @returns takes the listener back */
  onIdle(listener: () => void): () => void {
    this.#idleListeners.add(listener);
    return () => this.#idleListeners.delete(listener);
  }

  /** Runs for each new client. @returns takes the listener back */
  onClient(listener: (client: Client) => void): () => void {
    this.#clientListeners.add(listener);
    return () => this.#clientListeners.delete(listener);
  }

  /** Applies changed limits at once (admin protocol). */
  setLimits(limits: Partial<Limits>): void {
    Object.assign(this.limits, limits);
    this.#update();
  }

  /** Serves a connected socket, which then belongs to the server. Limits of clients are not looked at. */
  serve(open: OpenSocket, peer: PeerCredentials, options: ListenOptions = {}): Client {
    const { readOnly = false, auth = "none", path = "" } = options;
    return this.#add(open, { id: this.#lastId + 1n, peer, readOnly, auth, socketPath: path });
  }

  #add(open: OpenSocket, about: ClientOptions): ServerClient {
    const { id, peer, readOnly } = about;
    if (id > this.#lastId) this.#lastId = id;
    const client = new ServerClient(this.#host, open, about);
    this.#clients.add(client);
    if (!client.authenticated) this.#anonymous++;
    this.#log.debug({ client: id, peer, readOnly }, "client connected");
    for (const listener of this.#clientListeners) listener(client);
    return client;
  }

  /**
   * Stops accepting and reading, and waits for the calls in work: nothing changes from then on.
   * `save` tells what another image of this process needs to go on; `resume` goes on here.
   */
  async suspend(): Promise<void> {
    this.#suspended = true;
    this.#update();
    for (const client of this.#clients) client.freeze(true);
    await new Promise<void>((resolve) => {
      const check = () => {
        if ([...this.#clients].every(({ isSettled }) => isSettled)) resolve();
      };
      this.#host.onSettled = check;
      check();
    });
    this.#host.onSettled = undefined;
  }

  resume(): void {
    this.#suspended = false;
    this.#host.onSettled = undefined;
    for (const client of this.#clients) client.freeze(false);
    this.#update();
  }

  /** The connections of a suspended server; those that cannot be carried over (streams, logins) are left out. */
  save(): { client: Client; saved: SavedConnection }[] {
    return [...this.#clients].flatMap((client) => {
      const traffic = client.save();
      if (traffic === undefined) return [];
      const { id, peer, readOnly, socketPath, connectedAt } = client;
      const about = { id: String(id), peer, readOnly, socketPath, connectedAtMs: connectedAt.getTime() };
      return [{ client, saved: { ...about, traffic } }];
    });
  }

  /**
   * Goes on with a connection that `save` described, its descriptors being open here under the same numbers.
   * @param prepare runs before anything the client has sent is served
   */
  adopt(
    { id, peer, readOnly, socketPath, connectedAtMs, traffic }: SavedConnection,
    prepare: (client: Client) => void,
  ): void {
    for (const fd of descriptorsOf(traffic)) this.#native.setCloexec(fd, true);
    const open: OpenSocket = (events) => new UnixSocket(this.#native, traffic.fd, events);
    const connectedAt = new Date(connectedAtMs);
    const client = this.#add(open, { id: BigInt(id), peer, readOnly, auth: "none", socketPath, connectedAt });
    prepare(client);
    client.restore(traffic);
  }

  /** Stops accepting; clients stay. */
  stopListening(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    for (const { fd, poll } of this.#listeners) {
      poll.close();
      this.#native.close(fd);
    }
    this.#listeners = [];
    this.#accepting = false;
  }

  /** Stops accepting and closes every client. */
  close(): void {
    this.stopListening();
    for (const client of [...this.#clients]) client.close();
  }

  #onClosed(client: ServerClient): void {
    if (!this.#clients.delete(client)) return;
    this.#host.onSettled?.();
    if (!client.authenticated) this.#anonymous--;
    this.#update();
    if (this.#clients.size === 0) for (const listener of this.#idleListeners) listener();
  }

  get #isFull(): boolean {
    return this.#clients.size >= this.limits.maxClients || this.#anonymous >= this.limits.maxAnonymousClients;
  }

  /** Accepts or does not, by the limits. Nothing is refused: who waits stays in the backlog. */
  #update(): void {
    const accepting = !this.#isFull && !this.#suspended && this.#cancelPause === undefined;
    if (accepting === this.#accepting) return;
    this.#accepting = accepting;
    for (const listener of this.#listeners) {
      if (accepting) this.#watch(listener);
      else listener.poll.stop();
    }
  }

  #watch(listener: Listener): void {
    listener.poll.start(READABLE, () => this.#accept(listener));
  }

  #accept({ fd, options }: Listener): void {
    for (let i = 0; i < acceptBurst && this.#accepting; i++) {
      const accepted = this.#native.accept4(fd, true);
      if (accepted === EAGAIN) return;
      if (accepted < 0) {
        if (!passing.has(accepted)) {
          this.#pause(accepted);
          return;
        }
        continue;
      }
      this.#admit(accepted, options);
      this.#update();
    }
  }

  #admit(fd: number, options: ListenOptions): void {
    const peer = this.#native.peerCred(fd);
    if (typeof peer === "number" || options.accept?.(peer) === false) {
      this.#log.warn({ peer }, "client not let in");
      this.#native.close(fd);
      return;
    }
    this.serve((events) => new UnixSocket(this.#native, fd, events), peer, options);
  }

  /** Out of descriptors or memory: the client stays in the backlog until there may be some again. */
  #pause(errno: number): void {
    this.#log.error({ errno: errnoName(-errno) }, "cannot accept clients, pausing");
    this.#cancelPause = this.#clock.after(shortageMs, () => {
      this.#cancelPause = undefined;
      this.#update();
    });
    this.#update();
  }
}
