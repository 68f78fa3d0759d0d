import type { Keys, LoggingKeys, Values } from "@libvirt-ts/config";
import type { FdStore } from "@libvirt-ts/keeper";
import type { Logger } from "@libvirt-ts/logging";
import type { Client, SavedConnection, Service } from "@libvirt-ts/rpc/server";
import type { NetworkConstructor } from "./network-settings.ts";
import type { Paths } from "./paths.ts";

export type DaemonKind = "driver" | "proxy" | "manager";

/** What a daemon's `main.ts` hands to `runDaemon`. */
export interface DaemonSpec<K extends Keys & LoggingKeys> {
  /** `virtqemud`: names sockets, pid file, configuration, units and the server that virt-admin lists. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /**
   * `driver`: sockets rw, ro (system only) and admin; SIGHUP reloads; SIGUSR1 is not caught.
   * `proxy`: the same under the name "libvirt", and TCP and TLS if the configuration (of `proxyDaemonKeys`) says so.
   * `manager` (lock, log): sockets main and admin, private to the owner; SIGUSR1 hands everything over to a
   * successor, connections and descriptors included.
   */
  readonly kind: DaemonKind;
  readonly keys: K;
  /** The doors of a `proxy` on the network. */
  readonly network?: NetworkConstructor;
  /** Manager daemons: `ctx.store` keeps descriptors beyond the end of the process, listening sockets among them. */
  readonly survives?: boolean;
  /**
   * Builds what the daemon serves. Sockets are bound by now, but nobody is let in before this returns.
   * A throw ends the daemon with the exit code of a failed driver.
   */
  programs(ctx: DaemonContext<K>): Promise<Programs>;
}

export interface DaemonContext<K extends Keys> {
  readonly paths: Paths;
  readonly log: Logger;
  readonly config: Values<K>;
  /** Begins a clean stop; returns at once. `reason` is logged. */
  shutdown(reason: string): void;
  /**
   * Keeps `--timeout` from ending the daemon (a running guest, an active network, an open log file).
   * @returns takes it back; calling it twice does no harm
   */
  inhibit(): () => void;
  /** Sends extra state to the service manager (STATUS=…); nothing happens without one. */
  notify(state: string): void;
  /** Keeps descriptors, if the daemon `survives`; else they end with the process. */
  readonly store: FdStore;
  /**
   * All connections of the former process come along, so those in `store` need not be adopted. While handing over, that
   * process may still go on: `programs` changes nothing then that it knows of; work begins with `HandOver.begin`.
   */
  readonly inherited: boolean;
}

export interface Programs {
  readonly services: readonly Service[];
  /** Programs of ours on the admin socket, beside the admin program. */
  readonly adminServices?: readonly Service[];
  /** Connections that outlived the former process. */
  readonly clients?: readonly { connection: SavedConnection; state: unknown }[];
  /** SIGHUP: read configuration again. */
  reload?(): Promise<void>;
  /** A clean stop has begun; clients lose their connections next, and that says nothing about them. */
  stopping?(): void;
  /** Clients are gone; finish and release. Bounded: after 30 s the process ends anyway. */
  close?(): Promise<void>;
  /** Manager daemons: how work outlives SIGUSR1. */
  readonly handOver?: HandOver;
}

/** How the work of a manager daemon passes to its next process; what it works on is in the store and its table. */
export interface HandOver {
  /** Stops all work, so that nothing changes any more. */
  suspend(): Promise<void>;
  /** Nobody took over: go on as before. */
  resume(): void;
  /** This process is the daemon from now on; before any client is served. */
  begin?(): void | Promise<void>;
  /** Per-connection state, plain JSON. */
  saveClient?(client: Client): unknown;
  /** Called for each connection that came over, before it may call anything. */
  adoptClient?(client: Client, state: unknown): void;
  /** All connections have come over. */
  adopted?(): void;
}
