import type { Logger } from "@libvirt-ts/logging";
import type { Client, Limits, ListenOptions, Service } from "./types.ts";

export interface ServerOptions {
  /** As shown by admin clients: the daemon's name. */
  name: string;
  services: readonly Service[];
  log: Logger;
  limits?: Partial<Limits>;
}

/** Accepts clients on any number of listening sockets and serves its programs to them. */
export declare class Server {
  readonly name: string;
  readonly limits: Limits;
  constructor(options: ServerOptions);
  get clients(): Iterable<Client>;
  get clientCount(): number;
  /** Starts accepting on a bound and listening socket, which then belongs to the server. */
  listen(fd: number, options?: ListenOptions): void;
  /** Runs whenever the last client has gone. */
  onIdle(listener: () => void): () => void;
  onClient(listener: (client: Client) => void): () => void;
  /** Applies changed limits at once (admin protocol). */
  setLimits(limits: Partial<Limits>): void;
  /** Stops accepting; clients stay. */
  stopListening(): void;
  /** Stops accepting and closes every client. */
  close(): void;
}
