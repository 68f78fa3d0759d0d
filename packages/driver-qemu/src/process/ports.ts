import { createServer } from "node:net";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** Whether a TCP port can be bound on all addresses of the host. */
export type IsFree = (port: number) => Promise<boolean>;

/** Hands out TCP ports of a range, each once until it is given back, leaving out those somebody else has. */
export class PortAllocator {
  readonly #name: string;
  readonly #first: number;
  readonly #last: number;
  readonly #isFree: IsFree;
  readonly #taken = new Set<number>();

  /** @param name for the error: "vnc", "webSocket" */
  constructor(name: string, first: number, last: number, isFree: IsFree = canBind) {
    this.#name = name;
    this.#first = first;
    this.#last = last;
    this.#isFree = isFree;
  }

  /** @throws VirError INTERNAL_ERROR when the range is used up */
  async acquire(): Promise<number> {
    for (let port = this.#first; port <= this.#last; port++) {
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      if (await this.#isFree(port)) return port;
      this.#taken.delete(port);
    }
    throw new VirError(
      ErrorDomain.NONE,
      ErrorCode.INTERNAL_ERROR,
      `Unable to find an unused port in range '${this.#name}' (${this.#first}-${this.#last})`,
    );
  }

  /** Marks a port that a guest has anyway: by its definition, or since before we started. */
  reserve(port: number): void {
    this.#taken.add(port);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}

const canBind: IsFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "::", ipv6Only: false }, () => server.close(() => resolve(true)));
  });
