import { checkNetwork, formatNetwork, type NetworkDef, parseNetwork } from "@libvirt-ts/conf/network";
import { assertValid } from "@libvirt-ts/conf/schema";
import { ErrorDomain } from "@libvirt-ts/errors";
import { ConfigDirectory, Registry } from "@libvirt-ts/objects";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import { randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { completeBridge } from "./bridge-name.ts";
import { noNetworkNamed, noNetworkWithUuid, notActive, operationFailed, operationInvalid } from "./errors.ts";
import { NetworkEvents } from "./events.ts";
import { Lifecycle } from "./lifecycle.ts";
import { type LiveNetwork, Network } from "./network.ts";
import { validateNetwork } from "./validate.ts";
import type { NetworkDirs, NetworkHost } from "./world.ts";

export interface NetworkDriverOptions {
  host: NetworkHost;
  dirs: NetworkDirs;
  /** Keeps the daemon from ending while a network is active; returns its end. */
  inhibit?: () => () => void;
}

export interface ReadOptions {
  /** Elements and attributes nobody knows are refused rather than passed over. */
  validate?: boolean;
}

/**
 * All networks of a host: definitions, which of them run, who is told.
 * What changes a network happens under its lock, one change at a time; looking needs none.
 */
export class NetworkDriver {
  readonly host: NetworkHost;
  readonly dirs: NetworkDirs;
  readonly networks = new Registry<Network>();
  readonly configs: ConfigDirectory;
  readonly events = new NetworkEvents();
  readonly lifecycle: Lifecycle;
  readonly #inhibit: () => () => void;
  readonly #locks = new KeyedLock<Uuid>();
  readonly #inhibitors = new Map<Network, () => void>();

  constructor({ host, dirs, inhibit = () => () => {} }: NetworkDriverOptions) {
    this.host = host;
    this.dirs = dirs;
    this.#inhibit = inhibit;
    this.lifecycle = new Lifecycle(host, dirs);
    this.configs = new ConfigDirectory({
      path: dirs.config,
      autostartPath: dirs.autostart,
      editCommand: "net-edit",
      domain: ErrorDomain.NETWORK,
    });
  }

  /** @throws VirError NO_NETWORK */
  byName(name: string): Network {
    const network = this.networks.byName(name);
    if (!network?.exists) throw noNetworkNamed(name);
    return network;
  }

  /** @param name only for the error text */
  byUuid(uuid: Uuid, name?: string): Network {
    const network = this.networks.byUuid(uuid);
    if (!network?.exists) throw noNetworkWithUuid(uuid, name);
    return network;
  }

  /** Runs `change` when nobody else changes this network, if it still exists then. */
  async change<T>(network: Network, change: () => Promise<T>): Promise<T> {
    return this.#locks.run(network.uuid, () => {
      if (this.networks.byUuid(network.uuid) !== network) throw noNetworkWithUuid(network.uuid, network.name);
      return change();
    });
  }

  /** Stores a definition; a network that runs goes on with the one it has. */
  async define(xml: string, options: ReadOptions = {}): Promise<Network> {
    const def = this.#parse(xml, options);
    return this.#locks.run(def.uuid, async () => {
      const network = await this.#introduce(def, async (entered) => {
        await this.configs.save(entered.name, formatNetwork(def, { inactive: true }));
        entered.config = def;
      });
      this.networks.touch();
      this.events.lifecycle(network, "defined");
      return network;
    });
  }

  /** Starts a network that need not be stored. */
  async create(xml: string, options: ReadOptions = {}): Promise<Network> {
    const def = this.#parse(xml, options);
    return this.#locks.run(def.uuid, async () => {
      const known = this.networks.byUuid(def.uuid);
      if (known?.isActive) {
        this.#checkNames(def);
        throw operationInvalid(`network is already active as '${known.name}'`);
      }
      return this.#introduce(def, (network) => this.#start(network, def));
    });
  }

  /** Starts a stored network. */
  async start(network: Network): Promise<void> {
    await this.change(network, async () => {
      if (network.isActive || !network.config) throw operationInvalid("network is already active");
      await this.#start(network, network.config);
    });
  }

  async destroy(network: Network): Promise<void> {
    await this.change(network, async () => {
      const { live } = network;
      if (!live) throw notActive(network.name);
      await this.lifecycle.stop(live);
      this.setInactive(network);
      this.events.lifecycle(network, "stopped");
      if (!network.isPersistent) {
        await this.lifecycle.forget(live.def);
        this.networks.remove(network);
      }
    });
  }

  /** Removes the stored definition; a network that runs goes on until it is stopped. */
  async undefine(network: Network): Promise<void> {
    await this.change(network, async () => {
      const { config } = network;
      if (!config) throw operationInvalid("can't undefine transient network");
      await this.configs.remove(network.name);
      network.config = undefined;
      network.autostart = false;
      if (!network.isActive) {
        await this.lifecycle.forget(config);
        this.networks.remove(network);
      }
      this.networks.touch();
      this.events.lifecycle(network, "undefined");
    });
  }

  async setAutostart(network: Network, autostart: boolean): Promise<void> {
    await this.change(network, async () => {
      if (!network.isPersistent) throw operationInvalid("cannot set autostart for transient network");
      if (network.autostart === autostart) return;
      await this.configs.setAutostart(network.name, autostart);
      network.autostart = autostart;
      this.networks.touch();
    });
  }

  /** A stored definition that is changed: checked as a whole, written, then true. */
  async replaceConfig(network: Network, def: NetworkDef): Promise<void> {
    this.check(def);
    await this.configs.save(network.name, formatNetwork(def, { inactive: true }));
    network.config = def;
  }

  check(def: NetworkDef): void {
    checkNetwork(def);
    validateNetwork(def);
  }

  setActive(network: Network, live: LiveNetwork): void {
    network.live = live;
    this.#inhibitors.set(network, this.#inhibit());
    this.networks.touch();
  }

  setInactive(network: Network): void {
    network.live = undefined;
    this.#inhibitors.get(network)?.();
    this.#inhibitors.delete(network);
    this.networks.touch();
  }

  #parse(xml: string, { validate = false }: ReadOptions): NetworkDef {
    const newUuid = () => randomUuid((size) => this.host.random(size));
    if (validate) assertValid(xml, "network");
    const def = parseNetwork(xml, { inactive: true, newUuid });
    validateNetwork(def);
    return def;
  }

  /** @throws VirError OPERATION_FAILED when name and UUID belong to different networks */
  #checkNames({ name, uuid }: NetworkDef): void {
    const sameUuid = this.networks.byUuid(uuid);
    if (sameUuid && sameUuid.name !== name) {
      throw operationFailed(`network '${sameUuid.name}' is already defined with uuid ${uuid}`);
    }
    const sameName = this.networks.byName(name);
    if (sameName && sameName.uuid !== uuid) {
      throw operationFailed(`network '${name}' already exists with uuid ${sameName.uuid}`);
    }
  }

  /** Enters a definition under its name, with a bridge of its own, for as long as `make` succeeds. */
  async #introduce(def: NetworkDef, make: (network: Network) => Promise<void>): Promise<Network> {
    this.#checkNames(def);
    const network = this.networks.byUuid(def.uuid) ?? new Network(def);
    this.complete(def);
    network.pending = def;
    if (!this.networks.byUuid(def.uuid)) this.networks.add(network);
    try {
      await make(network);
      return network;
    } finally {
      network.pending = undefined;
      if (!network.exists) this.networks.remove(network);
    }
  }

  /** Chooses what a definition leaves open: name and MAC of its bridge. */
  complete(def: NetworkDef): void {
    const others = [...this.networks].filter(({ uuid }) => uuid !== def.uuid);
    const hasBridge = (network: Network, name: string) =>
      [network.live?.def, network.config, network.pending].some((other) => other?.bridge?.name === name);
    const names = {
      isTaken: (name: string) => others.some((other) => hasBridge(other, name)),
      exists: (name: string) => this.host.native.ifIndex(name) > 0,
    };
    completeBridge(def, names, (size) => this.host.random(size));
  }

  async #start(network: Network, def: NetworkDef): Promise<void> {
    this.setActive(network, await this.lifecycle.start(def));
    this.events.lifecycle(network, "started");
  }
}
