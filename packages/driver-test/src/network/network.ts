import type { NetworkDef } from "@libvirt-ts/conf/network";
import type { Named } from "@libvirt-ts/objects";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";

/** A network: it does nothing but be there. */
export class TestNetwork implements Named {
  readonly name: string;
  readonly uuid: Uuid;
  readonly uuidBytes: Uint8Array;
  /** What clients are shown. */
  def: NetworkDef;
  /** The stored definition of one that runs, where it is another one. Stopping does not bring it back. */
  nextDef: NetworkDef | undefined;
  isActive = false;
  isPersistent = false;
  autostart = false;

  constructor(def: NetworkDef) {
    this.name = def.name;
    this.uuid = def.uuid;
    this.uuidBytes = parseUuid(def.uuid) ?? new Uint8Array(16);
    this.def = def;
  }

  /** The stored definition. */
  get config(): NetworkDef {
    return this.nextDef ?? this.def;
  }

  /** Gives one or both definitions another form; all of them are made before any is true. */
  change({ live, config }: { live: boolean; config: boolean }, make: (def: NetworkDef) => NetworkDef): void {
    const changed = { live: live && make(this.def), config: config && make(this.config) };
    if (changed.live) this.def = changed.live;
    if (!changed.config) return;
    if (this.isActive) this.nextDef = changed.config;
    else this.def = changed.config;
  }
}
