import type { StoragePoolDef, StorageVolumeDef } from "@libvirt-ts/conf/storage";
import { ErrorCode } from "@libvirt-ts/errors";
import type { Named } from "@libvirt-ts/objects";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { broken, failed, invalid, notFound } from "../errors.ts";

/** Bytes of a pool, whatever it is made of. */
const CAPACITY = 100n * 1024n ** 3n;

/** A volume with its place: key and path are the same. */
export interface TestVolume {
  readonly def: StorageVolumeDef;
  readonly pool: TestPool;
  readonly path: string;
}

/** A storage pool. Its volumes stay when it stops, out of reach. */
export class TestPool implements Named {
  readonly name: string;
  readonly uuid: Uuid;
  readonly uuidBytes: Uint8Array;
  def: StoragePoolDef;
  isActive = false;
  isPersistent = false;
  autostart = false;
  readonly volumes = new Map<string, TestVolume>();

  constructor(def: StoragePoolDef) {
    this.name = def.name;
    this.uuid = def.uuid;
    this.uuidBytes = parseUuid(def.uuid) ?? new Uint8Array(16);
    this.def = def;
    this.empty();
  }

  /** What a definition that was just read says about space. */
  empty(): void {
    Object.assign(this.def, { capacity: CAPACITY, allocation: 0n, available: CAPACITY });
  }

  /** @throws VirError OPERATION_INVALID */
  requireActive(): this {
    if (!this.isActive) throw invalid(`storage pool '${this.name}' is not active`);
    return this;
  }

  /** @throws VirError OPERATION_INVALID */
  requireInactive(): this {
    if (this.isActive) throw invalid(`storage pool '${this.name}' is active`);
    return this;
  }

  /** @throws VirError NO_STORAGE_VOL */
  volume(name: string): TestVolume {
    const found = this.volumes.get(name);
    if (!found) throw notFound(ErrorCode.NO_STORAGE_VOL, `no storage vol with matching name '${name}'`);
    return found;
  }

  /** @throws VirError OPERATION_FAILED */
  requireFree(name: string): void {
    if (this.volumes.has(name)) throw failed("storage vol already exists");
  }

  /** Makes a volume below the target. @throws VirError INTERNAL_ERROR */
  addVolume(def: StorageVolumeDef): TestVolume {
    if (this.def.allocation + def.allocation > this.def.capacity)
      throw broken(`Not enough free space in pool for volume '${def.name}'`);
    const path = `${this.#target ?? "(null)"}/${def.name}`;
    const placed = { ...def, key: path, target: { ...def.target, path } };
    const volume: TestVolume = { def: placed, pool: this, path };
    this.volumes.set(def.name, volume);
    this.#allocate(def.allocation);
    return volume;
  }

  removeVolume({ def }: TestVolume): void {
    this.volumes.delete(def.name);
    this.#allocate(-def.allocation);
  }

  get #target(): string | undefined {
    return "target" in this.def ? this.def.target?.path : undefined;
  }

  #allocate(bytes: bigint): void {
    this.def.allocation += bytes;
    this.def.available = this.def.capacity - this.def.allocation;
  }
}
