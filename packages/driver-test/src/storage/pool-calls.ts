import {
  ConnectListAllStoragePoolsFlags as Flag,
  StoragePoolDefineFlags,
  StoragePoolState,
} from "@libvirt-ts/api";
import { assertValid } from "@libvirt-ts/conf/schema";
import { formatStoragePool, parseStoragePool, type StoragePoolType } from "@libvirt-ts/conf/storage";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { type FilterGroup, filterFlags, lifeFilters, listings } from "@libvirt-ts/objects";
import type { NonnullStoragePool } from "@libvirt-ts/protocol";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { badArgument } from "../errors.ts";
import type { HostDevices } from "../nodedev/devices.ts";
import { createVport, destroyVport } from "../nodedev/vport.ts";
import type { TestDriver } from "../test-driver.ts";
import type { TestPool } from "./pool.ts";
import { Lifecycle, type Pools, wirePool } from "./pools.ts";
import { findSources } from "./sources.ts";

const { VALIDATE } = StoragePoolDefineFlags;

const typeFlags: Readonly<Record<StoragePoolType, number>> = {
  dir: Flag.DIR,
  fs: Flag.FS,
  netfs: Flag.NETFS,
  logical: Flag.LOGICAL,
  disk: Flag.DISK,
  iscsi: Flag.ISCSI,
  "iscsi-direct": Flag.ISCSI_DIRECT,
  scsi: Flag.SCSI,
  mpath: Flag.MPATH,
  rbd: Flag.RBD,
  sheepdog: Flag.SHEEPDOG,
  gluster: Flag.GLUSTER,
  zfs: Flag.ZFS,
  vstorage: Flag.VSTORAGE,
};

const filters: readonly FilterGroup<TestPool>[] = [
  ...lifeFilters(Flag),
  Object.entries(typeFlags).map(([type, bit]) => [bit, ({ def }: TestPool) => def.type === type] as const),
];

/** Calls about storage pools. */
export const poolHandlers = ({ pools, devices }: Pick<TestDriver, "pools" | "devices">): RemoteHandlers => ({
  ...listHandlers(pools),
  ...lookHandlers(pools),
  ...definitionHandlers(pools),
  ...lifeHandlers(pools, devices),
  connectFindStoragePoolSources({ type, srcSpec, flags }) {
    checkFlags(flags, 0, "testConnectFindStoragePoolSources", ErrorDomain.TEST);
    return { xml: findSources(type, srcSpec) };
  },
  connectStoragePoolEventRegisterAny: ({ eventID, pool }, { client }) => ({
    callbackID: pools.events.register(client, eventID, pool === null ? undefined : formatUuid(pool.uuid)),
  }),
  connectStoragePoolEventDeregisterAny: ({ callbackID }, { client }) =>
    pools.events.deregister(client, callbackID),
});

function listHandlers(pools: Pools): RemoteHandlers {
  const { select, count, names } = listings(
    () => pools,
    filters,
    ({ name }) => name,
  );
  return {
    connectListAllStoragePools({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "testConnectListAllStoragePools", ErrorDomain.TEST);
      const found = select(flags);
      return { pools: needResults ? found.map(wirePool) : [], ret: found.length };
    },
    connectNumOfStoragePools: () => count(Flag.ACTIVE),
    connectListStoragePools: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedStoragePools: () => count(Flag.INACTIVE),
    connectListDefinedStoragePools: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}

function lookHandlers(pools: Pools): RemoteHandlers {
  return {
    storagePoolLookupByName: ({ name }) => ({ pool: wirePool(pools.find(name)) }),
    storagePoolLookupByUuid: ({ uuid }) => ({ pool: wirePool(pools.findUuid(uuid)) }),
    storagePoolLookupByVolume: ({ vol }) => ({ pool: wirePool(pools.find(vol.pool)) }),
    storagePoolIsActive: ({ pool }) => ({ active: pools.findUuid(pool.uuid).isActive ? 1 : 0 }),
    storagePoolIsPersistent: ({ pool }) => ({ persistent: pools.findUuid(pool.uuid).isPersistent ? 1 : 0 }),
    storagePoolGetInfo({ pool: { name } }) {
      const { isActive, def } = pools.find(name);
      const { capacity, allocation, available } = def;
      const state = isActive ? StoragePoolState.RUNNING : StoragePoolState.INACTIVE;
      return { state, capacity, allocation, available };
    },
    storagePoolGetXmlDesc({ pool, flags }) {
      checkFlags(flags, 0, "testStoragePoolGetXMLDesc", ErrorDomain.TEST);
      return { xml: formatStoragePool(pools.find(pool.name).def) };
    },
    storagePoolGetAutostart: ({ pool }) => ({ autostart: pools.find(pool.name).autostart ? 1 : 0 }),
    storagePoolSetAutostart({ pool: { name }, autostart }) {
      const pool = pools.find(name);
      if (!pool.isPersistent) throw badArgument("pool has no config file");
      pool.autostart = autostart !== 0;
    },
  };
}

function definitionHandlers(pools: Pools): RemoteHandlers {
  return {
    storagePoolDefineXml({ xml, flags }) {
      checkFlags(flags, VALIDATE, "testStoragePoolDefineXML", ErrorDomain.TEST);
      if ((flags & VALIDATE) !== 0) assertValid(xml, "storagepool");
      const pool = pools.define(parseStoragePool(xml));
      pools.lifecycle(pool, Lifecycle.DEFINED);
      return { pool: wirePool(pool) };
    },
    storagePoolUndefine({ pool: { name } }) {
      const pool = pools.find(name).requireInactive();
      pools.lifecycle(pool, Lifecycle.UNDEFINED);
      pools.remove(pool);
    },
  };
}

function lifeHandlers(pools: Pools, devices: HostDevices): RemoteHandlers {
  const inactive = ({ name }: NonnullStoragePool) => pools.find(name).requireInactive();
  return {
    storagePoolCreateXml({ xml, flags }) {
      checkFlags(flags, 0, "testStoragePoolCreateXML", ErrorDomain.TEST);
      const def = parseStoragePool(xml);
      const pool = pools.create(def);
      const adapter = fibreAdapter(pool);
      try {
        if (adapter) createVport(devices, adapter);
      } catch (error) {
        pools.remove(pool);
        throw error;
      }
      pools.lifecycle(pool, Lifecycle.STARTED);
      return { pool: wirePool(pool) };
    },
    storagePoolCreate({ pool: named, flags }) {
      checkFlags(flags, 0, "testStoragePoolCreate", ErrorDomain.TEST);
      const pool = inactive(named);
      pool.isActive = true;
      pools.lifecycle(pool, Lifecycle.STARTED);
    },
    storagePoolBuild({ pool, flags }) {
      checkFlags(flags, 0, "testStoragePoolBuild", ErrorDomain.TEST);
      pools.lifecycle(inactive(pool), Lifecycle.CREATED);
    },
    storagePoolDelete({ pool, flags }) {
      checkFlags(flags, 0, "testStoragePoolDelete", ErrorDomain.TEST);
      pools.lifecycle(inactive(pool), Lifecycle.DELETED);
    },
    storagePoolRefresh({ pool: { name }, flags }) {
      checkFlags(flags, 0, "testStoragePoolRefresh", ErrorDomain.TEST);
      pools.refreshed(pools.find(name).requireActive());
    },
    storagePoolDestroy({ pool: { name } }) {
      const pool = pools.find(name).requireActive();
      pool.isActive = false;
      if (fibreAdapter(pool)) destroyVport(devices);
      pools.lifecycle(pool, Lifecycle.STOPPED);
      if (!pool.isPersistent) pools.remove(pool);
    },
  };
}

/** The names of the virtual adapter a pool lies behind. */
function fibreAdapter({ def }: TestPool): { wwnn: string; wwpn: string } | undefined {
  if (def.type !== "scsi" || def.source.adapter?.type !== "fc_host") return undefined;
  const { wwnn = "", wwpn = "" } = def.source.adapter;
  return { wwnn, wwpn };
}
