import type { NetworkDef, NetworkPortDef } from "@libvirt-ts/conf/network";
import type { NftHandle } from "@libvirt-ts/firewall";
import type { Named } from "@libvirt-ts/objects";
import type { Uuid } from "@libvirt-ts/util/uuid";

/** What an active network is made of beside its definition. */
export interface LiveNetwork {
  def: NetworkDef;
  /** The rules it put into the firewall. */
  firewall: NftHandle[];
  ports: Map<Uuid, NetworkPortDef>;
}

/** One network: persistent if it has `config`, active if it has `live`. With neither it is about to be made. */
export class Network implements Named {
  readonly name: string;
  readonly uuid: Uuid;
  config: NetworkDef | undefined;
  live: LiveNetwork | undefined;
  autostart = false;
  /** The definition being stored or started: its bridge is taken already. */
  pending: NetworkDef | undefined;

  constructor({ name, uuid }: Named) {
    this.name = name;
    this.uuid = uuid;
  }

  /** Whether clients may see it. */
  get exists(): boolean {
    return this.isActive || this.isPersistent;
  }

  get isActive(): boolean {
    return this.live !== undefined;
  }

  get isPersistent(): boolean {
    return this.config !== undefined;
  }

  /** What is true now: the running network's definition, else the stored one. */
  get current(): NetworkDef {
    const def = this.live?.def ?? this.config;
    if (!def) throw new Error(`network ${this.name} has neither a running nor a stored definition`);
    return def;
  }
}
