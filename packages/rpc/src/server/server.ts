import type { AccessControl } from "@libvirt-ts/access/rules";
import type { Logger } from "@libvirt-ts/logging";
import { type Native, native as systemNative } from "@libvirt-ts/native";
import { type Clock, Keepalive, keepalive as sharedKeepalive, systemClock } from "../keepalive.ts";
import { type OpenSocket, UnixSocket } from "../socket.ts";
import { Acceptor } from "./acceptor.ts";
import { AccessGuard } from "./access.ts";
import { type Anonymous, AnonymousClients } from "./anonymous.ts";
import { DispatchTables } from "./dispatch-table.ts";
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
  /** `access_drivers`; without one every client may do what its socket lets it. */
  access?: AccessControl | undefined;
}

/** The defaults of the driver daemons' configuration. */
export const defaultLimits: Readonly<Limits> = {
  maxClients: 5000,
  maxAnonymousClients: 20,
  maxClientRequests: 5,
  maxQueuedBytes: 67_108_864,
  keepaliveInterval: 5,
  keepaliveCount: 5,
  anonymousMs: 30_000,
};

/** Network clients have no process that we know. */
const nobody: PeerCredentials = { pid: -1, uid: -1, gid: -1 };

/** Accepts clients on any number of listening sockets and serves its programs to them. */
export class Server {
  readonly name: string;
  readonly limits: Limits;
  readonly #log: Logger;
  readonly #native: Native;
  readonly #clock: Clock;
  readonly #host: ClientHost;
  readonly #clients = new Set<ServerClient>();
  readonly #anonymous: AnonymousClients;
  readonly #handshakes = new Set<Handshake>();
  readonly #acceptor: Acceptor;
  #lastId = 0n;
  #suspended = false;
  readonly #idleListeners = new Set<() => void>();
  readonly #clientListeners = new Set<(client: Client) => void>();

  constructor({ name, services, log, limits, native = systemNative, clock, access }: ServerOptions) {
    this.name = name;
    this.limits = { ...defaultLimits, ...limits };
    this.#log = log.child({ mod: "rpc.server" });
    this.#native = native;
    this.#clock = clock ?? systemClock;
    const guard = access && new AccessGuard(access, this.#log);
    const compiled = new WeakMap<readonly Service[], DispatchTables>();
    this.#host = {
      limits: this.limits,
      log: this.#log,
      keepalive: clock === undefined ? sharedKeepalive : new Keepalive(clock, 1),
      access: guard,
      tables: new DispatchTables(services, guard),
      tablesOf: (others) => {
        const known = compiled.get(others) ?? new DispatchTables(others, guard);
        compiled.set(others, known);
        return known;
      },
      onAuthenticated: (client) => {
        this.#anonymous.delete(client);
        this.#acceptor.update();
      },
      onClosed: (client) => this.#onClosed(client),
    };
    this.#anonymous = new AnonymousClients(this.#clock, this.limits);
    this.#acceptor = new Acceptor({
      log: this.#log,
      native,
      clock: this.#clock,
      isFull: () => this.#isFull,
      onAccepted: (fd, listen) => this.#admit(fd, listen),
    });
  }

  get clients(): Iterable<Client> {
    return this.#clients;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Clients that have not authenticated yet, those in a handshake included. */
  get anonymousCount(): number {
    return this.#anonymous.count;
  }

  /** Starts accepting on a bound and listening socket, which then belongs to the server. */
  listen(fd: number, options: ListenOptions = {}): void {
    this.#acceptor.listen(fd, options);
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
    this.#acceptor.update();
  }

  /** Serves a connected socket, which then belongs to the server. Limits of clients are not looked at. */
  serve(open: OpenSocket, peer: PeerCredentials, options: ListenOptions = {}): Client {
    return this.#welcome(open, peer, options);
  }

  #welcome(
    open: OpenSocket,
    peer: PeerCredentials,
    { readOnly = false, auth = "none", path = "", authenticator, transport }: ListenOptions,
    more: Pick<ClientOptions, "remoteAddress" | "x509DistinguishedName"> = {},
  ): ServerClient {
    const id = this.#lastId + 1n;
    const about = { id, peer, readOnly, auth, socketPath: path, authenticator, transport };
    return this.#add(open, { ...about, ...more });
  }

  #add(open: OpenSocket, about: ClientOptions): ServerClient {
    const { id, peer, readOnly } = about;
    if (id > this.#lastId) this.#lastId = id;
    const client = new ServerClient(this.#host, open, about);
    this.#clients.add(client);
    if (!client.authenticated) this.#anonymous.add(client);
    if (this.#log.isLevelEnabled("debug"))
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
    this.#acceptor.update();
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
    this.#acceptor.update();
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
    this.#acceptor.close();
  }

  /** Stops accepting and closes every client. */
  close(): void {
    this.stopListening();
    for (const handshake of [...this.#handshakes]) handshake.drop("closing");
    for (const client of [...this.#clients]) client.close();
  }

  #onClosed(client: ServerClient): void {
    if (!this.#clients.delete(client)) return;
    this.#host.onSettled?.();
    this.#anonymous.delete(client);
    this.#acceptor.update();
    if (this.#clients.size === 0) for (const listener of this.#idleListeners) listener();
  }

  get #isFull(): boolean {
    const clients = this.#clients.size + this.#handshakes.size;
    return this.#suspended || clients >= this.limits.maxClients || this.#anonymous.isFull;
  }

  #admit(fd: number, options: ListenOptions): void {
    if (options.transport === "tcp" || options.transport === "tls") {
      this.#admitRemote(fd, options);
      return;
    }
    const peer = this.#native.peerCred(fd);
    if (typeof peer === "number" || options.accept?.(peer) === false) {
      this.#log.warn({ peer }, "client not let in");
      this.#native.close(fd);
      return;
    }
    this.#welcome((events) => new UnixSocket(this.#native, fd, events), peer, options);
  }

  #admitRemote(fd: number, options: ListenOptions): void {
    const name = this.#native.getPeerName(fd);
    if (typeof name === "number") {
      this.#native.close(fd); // it has gone already
      return;
    }
    const { family, address = "", port = 0 } = name;
    const remoteAddress = `${family === "inet6" ? `[${address}]` : address}:${port}`;
    if (options.secure === undefined) {
      this.#welcome((events) => new UnixSocket(this.#native, fd, events), nobody, options, { remoteAddress });
    } else void this.#handshake(options.secure, fd, options, remoteAddress);
  }

  async #handshake(
    secure: NonNullable<ListenOptions["secure"]>,
    fd: number,
    options: ListenOptions,
    remoteAddress: string,
  ): Promise<void> {
    const handshake = new Handshake(this.#clock, this.limits.anonymousMs);
    this.#handshakes.add(handshake);
    this.#anonymous.add(handshake);
    try {
      const { open, ...known } = await secure(fd, handshake.signal);
      handshake.signal.throwIfAborted();
      this.#endHandshake(handshake);
      this.#welcome(open, nobody, options, { remoteAddress, ...known });
    } catch (error) {
      this.#log.warn({ remoteAddress, err: error }, "client not let in");
      this.#endHandshake(handshake);
    }
    this.#acceptor.update();
  }

  #endHandshake(handshake: Handshake): void {
    handshake.end();
    this.#handshakes.delete(handshake);
    this.#anonymous.delete(handshake);
  }
}

/** A client that is not safe to talk to yet. */
class Handshake implements Anonymous {
  readonly isWaitedFor = true; // by its own time limit
  readonly #abort = new AbortController();
  readonly end: () => void;

  constructor(clock: Clock, timeMs: number) {
    this.end = clock.after(timeMs, () => this.drop("no handshake in time"));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  drop(why: string): void {
    this.#abort.abort(new Error(why));
  }
}
