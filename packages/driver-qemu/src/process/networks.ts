import {
  formatNetworkPort,
  type NetworkDef,
  type NetworkPortDef,
  parseNetwork,
  parseNetworkPort,
} from "@libvirt-ts/conf/network";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { type Args, type CallRow, type Ret, remote } from "@libvirt-ts/protocol";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";

const p = remote.procs;
const RECLAIM = 1;

/** One address a guest got by DHCP. */
export interface LeasedAddress {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
  /** What the guest called itself when it asked. */
  hostname: string | undefined;
}

/** A guest interface's claim on a network, as the network's daemon granted it. */
export interface NetworkPort extends NetworkPortDef {
  network: string;
}

export interface NetworksOptions {
  /** To the network driver; nobody has opened anything there yet. */
  connect: () => Promise<RpcClient>;
  /** `network:///system` or `network:///session` */
  uri: string;
  log: Logger;
}

/**
 * The network daemon as this driver uses it: over one connection, opened when first needed and again when the
 * daemon was restarted.
 */
export class Networks {
  readonly #connect: () => Promise<RpcClient>;
  readonly #uri: string;
  readonly #log: Logger;
  #client: Promise<RpcClient> | undefined;

  constructor({ connect, uri, log }: NetworksOptions) {
    this.#connect = connect;
    this.#uri = uri;
    this.#log = log;
  }

  /**
   * Asks a network for a port.
   * @param reclaim take the port of this UUID again: the guest has been using it
   * @throws VirError as the network daemon says
   */
  async createPort(
    network: string,
    wish: Omit<NetworkPortDef, "plug">,
    { reclaim = false } = {},
  ): Promise<NetworkPort> {
    const { net } = await this.#call(p.networkLookupByName, { name: network });
    const xml = formatNetworkPort(wish);
    const flags = reclaim ? RECLAIM : 0;
    const { port } = await this.#call(p.networkPortCreateXml, { network: net, xml, flags });
    const { xml: granted } = await this.#call(p.networkPortGetXmlDesc, { port, flags: 0 });
    return { ...parseNetworkPort(granted), network };
  }

  /** The definition of a network as it is now. @throws VirError as the network daemon says */
  async definition(name: string): Promise<NetworkDef> {
    const { net } = await this.#call(p.networkLookupByName, { name });
    const { xml } = await this.#call(p.networkGetXmlDesc, { net, flags: 0 });
    return parseNetwork(xml);
  }

  /** Gives a port back; one that is gone is fine. */
  async deletePort(network: string, uuid: Uuid): Promise<void> {
    try {
      const { net } = await this.#call(p.networkLookupByName, { name: network });
      const port = { net, uuid: parseUuid(uuid) ?? new Uint8Array(16) };
      await this.#call(p.networkPortDelete, { port, flags: 0 });
    } catch (error) {
      if (error instanceof VirError && goneCodes.has(error.code)) return;
      throw error;
    }
  }

  /** Addresses that the network's DHCP server gave to a card. */
  async leases(network: string, mac: string): Promise<LeasedAddress[]> {
    const { net } = await this.#call(p.networkLookupByName, { name: network });
    const { leases } = await this.#call(p.networkGetDhcpLeases, { net, mac, needResults: 1, flags: 0 });
    return leases.map(({ ipaddr, prefix, type, hostname }) => ({
      address: ipaddr,
      prefix,
      family: type === 1 ? "ipv6" : "ipv4",
      hostname: hostname ?? undefined,
    }));
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    (await client)?.close();
  }

  async #call<R extends CallRow>(row: R, args: Args<R>): Promise<Ret<R>> {
    this.#client ??= this.#open();
    const client = await this.#client;
    return client.call(row, args);
  }

  async #open(): Promise<RpcClient> {
    try {
      const client = await this.#connect();
      void client.closed.then(() => this.#forget());
      await client.call(p.authList, undefined);
      await client.call(p.connectOpen, { name: this.#uri, flags: 0 });
      return client;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    this.#log.debug("connection to the network daemon ended");
    this.#client = undefined;
  }
}

const goneCodes: ReadonlySet<number> = new Set([ErrorCode.NO_NETWORK, ErrorCode.NO_NETWORK_PORT]);
