import { StorageVolCreateFlags, StorageVolType } from "@libvirt-ts/api";
import { assertValid } from "@libvirt-ts/conf/schema";
import { formatStorageVolume, parseStorageVolume, type StoragePoolType } from "@libvirt-ts/conf/storage";
import { checkFlags, ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { invalid, notFound } from "../errors.ts";
import type { TestDriver } from "../test-driver.ts";
import type { TestPool, TestVolume } from "./pool.ts";
import { type Pools, wireVolume } from "./pools.ts";

const { VALIDATE } = StorageVolCreateFlags;

/** Calls about volumes. */
export const volumeHandlers = ({ pools }: Pick<TestDriver, "pools">): RemoteHandlers => ({
  ...listHandlers(pools),
  ...lookHandlers(pools),
  ...lifeHandlers(pools),
});

function listHandlers(pools: Pools): RemoteHandlers {
  return {
    storagePoolNumOfVolumes: ({ pool }) => ({ num: pools.find(pool.name).requireActive().volumes.size }),
    storagePoolListVolumes: ({ pool, maxnames }) => ({
      names: [...pools.find(pool.name).requireActive().volumes.keys()].slice(0, maxnames),
    }),
    storagePoolListAllVolumes({ pool: { uuid }, needResults, flags }) {
      checkFlags(flags, 0, "testStoragePoolListAllVolumes", ErrorDomain.TEST);
      const pool = pools.findUuid(uuid);
      if (!pool.isActive) throw invalid("storage pool is not active");
      const volumes = [...pool.volumes.values()];
      return { vols: needResults ? volumes.map(wireVolume) : [], ret: volumes.length };
    },
  };
}

function lookHandlers(pools: Pools): RemoteHandlers {
  // Key and path of a volume are the same.
  const byPath = (path: string, what: string) => {
    for (const pool of pools) {
      if (!pool.isActive) continue;
      for (const volume of pool.volumes.values())
        if (volume.path === path) return { vol: wireVolume(volume) };
    }
    throw notFound(ErrorCode.NO_STORAGE_VOL, `no storage vol with matching ${what} '${path}'`);
  };
  return {
    storageVolLookupByName: ({ pool, name }) => ({
      vol: wireVolume(pools.findVolume({ pool: pool.name, name })),
    }),
    storageVolLookupByKey: ({ key }) => byPath(key, "key"),
    storageVolLookupByPath: ({ path }) => byPath(path, "path"),
    storageVolGetPath: ({ vol }) => ({ name: pools.findVolume(vol).path }),
    storageVolGetInfo({ vol }) {
      const { pool, def } = pools.findVolume(vol);
      return { type: volumeType(pool), capacity: def.capacity, allocation: def.allocation };
    },
    storageVolGetXmlDesc({ vol, flags }) {
      checkFlags(flags, 0, "testStorageVolGetXMLDesc", ErrorDomain.TEST);
      const { pool, def } = pools.findVolume(vol);
      return { xml: formatStorageVolume(def, pool.def) };
    },
  };
}

function lifeHandlers(pools: Pools): RemoteHandlers {
  const make = (
    pool: TestPool,
    xml: string,
    flags: number,
    allowed: () => void,
  ): { vol: ReturnType<typeof wireVolume> } => {
    if ((flags & VALIDATE) !== 0) assertValid(xml, "storagevol");
    const def = parseStorageVolume(xml, pool.def);
    pool.requireFree(def.name);
    allowed();
    return { vol: wireVolume(pool.addVolume(def)) };
  };
  return {
    storageVolCreateXml({ pool: { name }, xml, flags }) {
      checkFlags(flags, VALIDATE, "testStorageVolCreateXML", ErrorDomain.TEST);
      return make(pools.find(name).requireActive(), xml, flags, () => {});
    },
    storageVolCreateXmlFrom({ pool: { name }, xml, clonevol, flags }) {
      checkFlags(flags, VALIDATE, "testStorageVolCreateXMLFrom", ErrorDomain.TEST);
      const pool = pools.find(name).requireActive();
      return make(pool, xml, flags, () => void pool.volume(clonevol.name));
    },
    storageVolDelete({ vol, flags }) {
      checkFlags(flags, 0, "testStorageVolDelete", ErrorDomain.TEST);
      const volume: TestVolume = pools.findVolume(vol);
      volume.pool.removeVolume(volume);
    },
  };
}

const volumeTypes: { readonly [type in StoragePoolType]?: number } = {
  dir: StorageVolType.FILE,
  fs: StorageVolType.FILE,
  netfs: StorageVolType.FILE,
  vstorage: StorageVolType.FILE,
  gluster: StorageVolType.NETWORK,
  rbd: StorageVolType.NETWORK,
  sheepdog: StorageVolType.NETWORK,
  "iscsi-direct": StorageVolType.NETWORK,
};

/** By the type of the pool, whatever the volume says itself. */
const volumeType = ({ def }: TestPool): number => volumeTypes[def.type] ?? StorageVolType.BLOCK;
