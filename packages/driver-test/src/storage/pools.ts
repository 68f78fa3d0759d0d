import { StoragePoolEventLifecycleType as Lifecycle, StoragePoolEventId } from "@libvirt-ts/api";
import { parseStoragePool, parseStorageVolume, type StoragePoolDef } from "@libvirt-ts/conf/storage";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { ObjectEvents, Registry } from "@libvirt-ts/objects";
import { type NonnullStoragePool, type NonnullStorageVol, remote } from "@libvirt-ts/protocol";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { notFound } from "../errors.ts";
import { sharesSource } from "./conflict.ts";
import { TestPool, type TestVolume } from "./pool.ts";

const { procs } = remote;

/** All storage pools of a host, and who is told about them. */
export class Pools extends Registry<TestPool> {
  readonly events = new ObjectEvents("storage pool", Object.values(StoragePoolEventId));

  /** Takes the pools of a host that is just there: they run. */
  load(xml: string, volumes: readonly string[] = []): void {
    const pool = this.define(parseStoragePool(xml));
    pool.isActive = true;
    for (const volume of volumes) pool.addVolume(parseStorageVolume(volume, pool.def));
  }

  /** @throws VirError NO_STORAGE_POOL */
  find(name: string): TestPool {
    const pool = this.byName(name);
    if (!pool) throw notFound(ErrorCode.NO_STORAGE_POOL, `no storage pool with matching name '${name}'`);
    return pool;
  }

  /** @throws VirError NO_STORAGE_POOL */
  findUuid(uuid: Uint8Array): TestPool {
    const text = formatUuid(uuid);
    const pool = this.byUuid(text);
    if (!pool) throw notFound(ErrorCode.NO_STORAGE_POOL, `no storage pool with matching uuid '${text}'`);
    return pool;
  }

  /** @throws VirError NO_STORAGE_POOL, OPERATION_INVALID, NO_STORAGE_VOL */
  findVolume({ pool, name }: Pick<NonnullStorageVol, "pool" | "name">): TestVolume {
    return this.find(pool).requireActive().volume(name);
  }

  /** Stores a definition. One that runs keeps what it has, and is as if empty. @throws VirError OPERATION_FAILED */
  define(def: StoragePoolDef): TestPool {
    const pool = this.same(def) ?? this.#enter(def);
    if (!pool.isActive) pool.def = def;
    pool.empty();
    pool.isPersistent = true;
    return pool;
  }

  /** Starts a pool that is not stored, or no longer. @throws VirError OPERATION_FAILED, OPERATION_INVALID */
  create(def: StoragePoolDef): TestPool {
    const pool = this.same(def) ?? this.#enter(def);
    if (pool.isActive) throw refused(ErrorCode.OPERATION_INVALID, `pool is already active as '${pool.name}'`);
    pool.def = def;
    pool.empty();
    pool.isPersistent = false;
    pool.isActive = true;
    return pool;
  }

  /** The pool a definition belongs to. @throws VirError OPERATION_FAILED: it collides with another one */
  same(def: StoragePoolDef): TestPool | undefined {
    const { name, uuid } = def;
    const rival = [...this].find((pool) => pool.name !== name && sharesSource(pool.def, def));
    if (rival)
      throw refused(ErrorCode.OPERATION_FAILED, `Storage source conflict with pool: '${rival.name}'`);
    const byUuid = this.byUuid(uuid);
    if (byUuid && byUuid.name !== name)
      throw refused(ErrorCode.OPERATION_FAILED, `pool '${byUuid.name}' is already defined with uuid ${uuid}`);
    const byName = this.byName(name);
    if (byName && byName !== byUuid)
      throw refused(ErrorCode.OPERATION_FAILED, `pool '${name}' already exists with uuid ${byName.uuid}`);
    return byUuid;
  }

  lifecycle(pool: TestPool, event: Lifecycle): void {
    const subject = { eventId: StoragePoolEventId.LIFECYCLE, key: pool.uuid };
    const msg = { pool: wirePool(pool), event, detail: 0 };
    this.events.send(procs.storagePoolEventLifecycle, subject, (callbackID) => ({ callbackID, ...msg }));
  }

  refreshed(pool: TestPool): void {
    const subject = { eventId: StoragePoolEventId.REFRESH, key: pool.uuid };
    const msg = { pool: wirePool(pool) };
    this.events.send(procs.storagePoolEventRefresh, subject, (callbackID) => ({ callbackID, ...msg }));
  }

  #enter(def: StoragePoolDef): TestPool {
    const pool = new TestPool(def);
    this.add(pool);
    return pool;
  }
}

/** What all drivers of storage say alike. */
const refused = (code: ErrorCode, detail: string): VirError =>
  new VirError(ErrorDomain.STORAGE, code, detail);

export const wirePool = ({ name, uuidBytes }: TestPool): NonnullStoragePool => ({ name, uuid: uuidBytes });

export const wireVolume = ({ pool, def, path }: TestVolume): NonnullStorageVol => ({
  pool: pool.name,
  name: def.name,
  key: path,
});

export { Lifecycle };
