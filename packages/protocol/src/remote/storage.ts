import { array, i8, i32, optional, struct, u8, u32, u64 } from "@libvirt-ts/xdr";
import { text, uuid } from "../common.ts";
import { event, procFor } from "../program.ts";
import { Max } from "./limits.ts";
import { NonnullStoragePool, NonnullStorageVol } from "./objects.ts";

export const ConnectNumOfStoragePoolsRet = struct({ num: i32 });
export const ConnectListStoragePoolsArgs = struct({ maxnames: i32 });
export const ConnectListStoragePoolsRet = struct({ names: array(text, Max.STORAGE_POOL_LIST) });
export const ConnectNumOfDefinedStoragePoolsRet = struct({ num: i32 });
export const ConnectListDefinedStoragePoolsArgs = struct({ maxnames: i32 });
export const ConnectListDefinedStoragePoolsRet = struct({ names: array(text, Max.STORAGE_POOL_LIST) });
export const ConnectFindStoragePoolSourcesArgs = struct({ type: text, srcSpec: optional(text), flags: u32 });
export const ConnectFindStoragePoolSourcesRet = struct({ xml: text });
export const StoragePoolLookupByUuidArgs = struct({ uuid });
export const StoragePoolLookupByUuidRet = struct({ pool: NonnullStoragePool });
export const StoragePoolLookupByNameArgs = struct({ name: text });
export const StoragePoolLookupByNameRet = struct({ pool: NonnullStoragePool });
export const StoragePoolLookupByVolumeArgs = struct({ vol: NonnullStorageVol });
export const StoragePoolLookupByVolumeRet = struct({ pool: NonnullStoragePool });
export const StoragePoolLookupByTargetPathArgs = struct({ path: text });
export const StoragePoolLookupByTargetPathRet = struct({ pool: NonnullStoragePool });
export const StoragePoolCreateXmlArgs = struct({ xml: text, flags: u32 });
export const StoragePoolCreateXmlRet = struct({ pool: NonnullStoragePool });
export const StoragePoolDefineXmlArgs = struct({ xml: text, flags: u32 });
export const StoragePoolDefineXmlRet = struct({ pool: NonnullStoragePool });
export const StoragePoolBuildArgs = struct({ pool: NonnullStoragePool, flags: u32 });
export const StoragePoolUndefineArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolCreateArgs = struct({ pool: NonnullStoragePool, flags: u32 });
export const StoragePoolDestroyArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolDeleteArgs = struct({ pool: NonnullStoragePool, flags: u32 });
export const StoragePoolRefreshArgs = struct({ pool: NonnullStoragePool, flags: u32 });
export const StoragePoolGetXmlDescArgs = struct({ pool: NonnullStoragePool, flags: u32 });
export const StoragePoolGetXmlDescRet = struct({ xml: text });
export const StoragePoolGetInfoArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolGetInfoRet = struct({ state: u8, capacity: u64, allocation: u64, available: u64 });
export const StoragePoolGetAutostartArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolGetAutostartRet = struct({ autostart: i32 });
export const StoragePoolSetAutostartArgs = struct({ pool: NonnullStoragePool, autostart: i32 });
export const StoragePoolNumOfVolumesArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolNumOfVolumesRet = struct({ num: i32 });
export const StoragePoolListVolumesArgs = struct({ pool: NonnullStoragePool, maxnames: i32 });
export const StoragePoolListVolumesRet = struct({ names: array(text, Max.STORAGE_VOL_LIST) });
export const StorageVolLookupByNameArgs = struct({ pool: NonnullStoragePool, name: text });
export const StorageVolLookupByNameRet = struct({ vol: NonnullStorageVol });
export const StorageVolLookupByKeyArgs = struct({ key: text });
export const StorageVolLookupByKeyRet = struct({ vol: NonnullStorageVol });
export const StorageVolLookupByPathArgs = struct({ path: text });
export const StorageVolLookupByPathRet = struct({ vol: NonnullStorageVol });
export const StorageVolCreateXmlArgs = struct({ pool: NonnullStoragePool, xml: text, flags: u32 });
export const StorageVolCreateXmlRet = struct({ vol: NonnullStorageVol });
export const StorageVolCreateXmlFromArgs = struct({
  pool: NonnullStoragePool,
  xml: text,
  clonevol: NonnullStorageVol,
  flags: u32,
});
export const StorageVolCreateXmlFromRet = struct({ vol: NonnullStorageVol });
export const StorageVolDeleteArgs = struct({ vol: NonnullStorageVol, flags: u32 });
export const StorageVolWipeArgs = struct({ vol: NonnullStorageVol, flags: u32 });
export const StorageVolWipePatternArgs = struct({ vol: NonnullStorageVol, algorithm: u32, flags: u32 });
export const StorageVolGetXmlDescArgs = struct({ vol: NonnullStorageVol, flags: u32 });
export const StorageVolGetXmlDescRet = struct({ xml: text });
export const StorageVolGetInfoArgs = struct({ vol: NonnullStorageVol });
export const StorageVolGetInfoRet = struct({ type: i8, capacity: u64, allocation: u64 });
export const StorageVolGetInfoFlagsArgs = struct({ vol: NonnullStorageVol, flags: u32 });
export const StorageVolGetInfoFlagsRet = struct({ type: i8, capacity: u64, allocation: u64 });
export const StorageVolGetPathArgs = struct({ vol: NonnullStorageVol });
export const StorageVolGetPathRet = struct({ name: text });
export const StorageVolResizeArgs = struct({ vol: NonnullStorageVol, capacity: u64, flags: u32 });
export const StoragePoolIsActiveArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolIsActiveRet = struct({ active: i32 });
export const StoragePoolIsPersistentArgs = struct({ pool: NonnullStoragePool });
export const StoragePoolIsPersistentRet = struct({ persistent: i32 });
export const StorageVolUploadArgs = struct({ vol: NonnullStorageVol, offset: u64, length: u64, flags: u32 });
export const StorageVolDownloadArgs = struct({
  vol: NonnullStorageVol,
  offset: u64,
  length: u64,
  flags: u32,
});
export const ConnectListAllStoragePoolsArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllStoragePoolsRet = struct({
  pools: array(NonnullStoragePool, Max.STORAGE_POOL_LIST),
  ret: u32,
});
export const StoragePoolListAllVolumesArgs = struct({
  pool: NonnullStoragePool,
  needResults: i32,
  flags: u32,
});
export const StoragePoolListAllVolumesRet = struct({
  vols: array(NonnullStorageVol, Max.STORAGE_VOL_LIST),
  ret: u32,
});
export const ConnectStoragePoolEventRegisterAnyArgs = struct({
  eventID: i32,
  pool: optional(NonnullStoragePool),
});
export const ConnectStoragePoolEventRegisterAnyRet = struct({ callbackID: i32 });
export const ConnectStoragePoolEventDeregisterAnyArgs = struct({ callbackID: i32 });
export const StoragePoolEventLifecycleMsg = struct({
  callbackID: i32,
  pool: NonnullStoragePool,
  event: i32,
  detail: i32,
});
export const StoragePoolEventRefreshMsg = struct({ callbackID: i32, pool: NonnullStoragePool });
export const ConnectGetStoragePoolCapabilitiesArgs = struct({ flags: u32 });
export const ConnectGetStoragePoolCapabilitiesRet = struct({ capabilities: text });

const proc = procFor("storage");

/** Storage pools and volumes. */
export const storageProcs = {
  connectNumOfStoragePools: proc(71, null, ConnectNumOfStoragePoolsRet, {
    api: "virConnectNumOfStoragePools",
    acl: "connect:search_storage_pools",
    aclFilter: "storage_pool:getattr",
    priority: "high",
  }),
  connectListStoragePools: proc(72, ConnectListStoragePoolsArgs, ConnectListStoragePoolsRet, {
    api: "virConnectListStoragePools",
    acl: "connect:search_storage_pools",
    aclFilter: "storage_pool:getattr",
    priority: "high",
  }),
  connectNumOfDefinedStoragePools: proc(73, null, ConnectNumOfDefinedStoragePoolsRet, {
    api: "virConnectNumOfDefinedStoragePools",
    acl: "connect:search_storage_pools",
    aclFilter: "storage_pool:getattr",
    priority: "high",
  }),
  connectListDefinedStoragePools: proc(
    74,
    ConnectListDefinedStoragePoolsArgs,
    ConnectListDefinedStoragePoolsRet,
    {
      api: "virConnectListDefinedStoragePools",
      acl: "connect:search_storage_pools",
      aclFilter: "storage_pool:getattr",
      priority: "high",
    },
  ),
  connectFindStoragePoolSources: proc(
    75,
    ConnectFindStoragePoolSourcesArgs,
    ConnectFindStoragePoolSourcesRet,
    { api: "virConnectFindStoragePoolSources", acl: "connect:detect_storage_pools" },
  ),
  storagePoolCreateXml: proc(76, StoragePoolCreateXmlArgs, StoragePoolCreateXmlRet, {
    api: "virStoragePoolCreateXML",
    acl: ["storage_pool:start", "storage_pool:write"],
  }),
  storagePoolDefineXml: proc(77, StoragePoolDefineXmlArgs, StoragePoolDefineXmlRet, {
    api: "virStoragePoolDefineXML",
    acl: ["storage_pool:write", "storage_pool:save"],
    priority: "high",
  }),
  storagePoolCreate: proc(78, StoragePoolCreateArgs, null, {
    api: "virStoragePoolCreate",
    acl: "storage_pool:start",
  }),
  storagePoolBuild: proc(79, StoragePoolBuildArgs, null, {
    api: "virStoragePoolBuild",
    acl: "storage_pool:format",
  }),
  storagePoolDestroy: proc(80, StoragePoolDestroyArgs, null, {
    api: "virStoragePoolDestroy",
    acl: "storage_pool:stop",
    priority: "high",
  }),
  storagePoolDelete: proc(81, StoragePoolDeleteArgs, null, {
    api: "virStoragePoolDelete",
    acl: "storage_pool:format",
  }),
  storagePoolUndefine: proc(82, StoragePoolUndefineArgs, null, {
    api: "virStoragePoolUndefine",
    acl: "storage_pool:delete",
    priority: "high",
  }),
  storagePoolRefresh: proc(83, StoragePoolRefreshArgs, null, {
    api: "virStoragePoolRefresh",
    acl: "storage_pool:refresh",
  }),
  storagePoolLookupByName: proc(84, StoragePoolLookupByNameArgs, StoragePoolLookupByNameRet, {
    api: "virStoragePoolLookupByName",
    acl: "storage_pool:getattr",
    priority: "high",
  }),
  storagePoolLookupByUuid: proc(85, StoragePoolLookupByUuidArgs, StoragePoolLookupByUuidRet, {
    api: "virStoragePoolLookupByUUID",
    acl: "storage_pool:getattr",
    priority: "high",
  }),
  storagePoolLookupByVolume: proc(86, StoragePoolLookupByVolumeArgs, StoragePoolLookupByVolumeRet, {
    api: "virStoragePoolLookupByVolume",
    acl: "storage_pool:getattr",
    priority: "high",
  }),
  storagePoolGetInfo: proc(87, StoragePoolGetInfoArgs, StoragePoolGetInfoRet, {
    api: "virStoragePoolGetInfo",
    acl: "storage_pool:read",
    priority: "high",
  }),
  storagePoolGetXmlDesc: proc(88, StoragePoolGetXmlDescArgs, StoragePoolGetXmlDescRet, {
    api: "virStoragePoolGetXMLDesc",
    acl: "storage_pool:read",
    priority: "high",
  }),
  storagePoolGetAutostart: proc(89, StoragePoolGetAutostartArgs, StoragePoolGetAutostartRet, {
    api: "virStoragePoolGetAutostart",
    acl: "storage_pool:read",
    priority: "high",
  }),
  storagePoolSetAutostart: proc(90, StoragePoolSetAutostartArgs, null, {
    api: "virStoragePoolSetAutostart",
    acl: "storage_pool:write",
    priority: "high",
  }),
  storagePoolNumOfVolumes: proc(91, StoragePoolNumOfVolumesArgs, StoragePoolNumOfVolumesRet, {
    api: "virStoragePoolNumOfVolumes",
    acl: "storage_pool:search_storage_vols",
    aclFilter: "storage_vol:getattr",
    priority: "high",
  }),
  storagePoolListVolumes: proc(92, StoragePoolListVolumesArgs, StoragePoolListVolumesRet, {
    api: "virStoragePoolListVolumes",
    acl: "storage_pool:search_storage_vols",
    aclFilter: "storage_vol:getattr",
    priority: "high",
  }),
  storageVolCreateXml: proc(93, StorageVolCreateXmlArgs, StorageVolCreateXmlRet, {
    api: "virStorageVolCreateXML",
    acl: "storage_vol:create",
  }),
  storageVolDelete: proc(94, StorageVolDeleteArgs, null, {
    api: "virStorageVolDelete",
    acl: "storage_vol:delete",
  }),
  storageVolLookupByName: proc(95, StorageVolLookupByNameArgs, StorageVolLookupByNameRet, {
    api: "virStorageVolLookupByName",
    acl: "storage_vol:getattr",
    priority: "high",
  }),
  storageVolLookupByKey: proc(96, StorageVolLookupByKeyArgs, StorageVolLookupByKeyRet, {
    api: "virStorageVolLookupByKey",
    acl: "storage_vol:getattr",
    priority: "high",
  }),
  storageVolLookupByPath: proc(97, StorageVolLookupByPathArgs, StorageVolLookupByPathRet, {
    api: "virStorageVolLookupByPath",
    acl: "storage_vol:getattr",
    priority: "high",
  }),
  storageVolGetInfo: proc(98, StorageVolGetInfoArgs, StorageVolGetInfoRet, {
    api: "virStorageVolGetInfo",
    acl: "storage_vol:read",
    priority: "high",
  }),
  storageVolGetXmlDesc: proc(99, StorageVolGetXmlDescArgs, StorageVolGetXmlDescRet, {
    api: "virStorageVolGetXMLDesc",
    acl: "storage_vol:read",
    priority: "high",
  }),
  storageVolGetPath: proc(100, StorageVolGetPathArgs, StorageVolGetPathRet, {
    api: "virStorageVolGetPath",
    acl: "storage_vol:read",
    priority: "high",
  }),
  storageVolCreateXmlFrom: proc(125, StorageVolCreateXmlFromArgs, StorageVolCreateXmlFromRet, {
    api: "virStorageVolCreateXMLFrom",
    acl: "storage_vol:create",
  }),
  storagePoolIsActive: proc(154, StoragePoolIsActiveArgs, StoragePoolIsActiveRet, {
    api: "virStoragePoolIsActive",
    acl: "storage_pool:read",
    priority: "high",
  }),
  storagePoolIsPersistent: proc(155, StoragePoolIsPersistentArgs, StoragePoolIsPersistentRet, {
    api: "virStoragePoolIsPersistent",
    acl: "storage_pool:read",
    priority: "high",
  }),
  storageVolWipe: proc(165, StorageVolWipeArgs, null, {
    api: "virStorageVolWipe",
    acl: "storage_vol:format",
  }),
  storageVolUpload: proc(208, StorageVolUploadArgs, null, {
    api: "virStorageVolUpload",
    acl: "storage_vol:data_write",
    stream: { direction: "write", sparseFlag: 1 },
  }),
  storageVolDownload: proc(209, StorageVolDownloadArgs, null, {
    api: "virStorageVolDownload",
    acl: "storage_vol:data_read",
    stream: { direction: "read", sparseFlag: 1 },
  }),
  storageVolWipePattern: proc(259, StorageVolWipePatternArgs, null, {
    api: "virStorageVolWipePattern",
    acl: "storage_vol:format",
  }),
  storageVolResize: proc(260, StorageVolResizeArgs, null, {
    api: "virStorageVolResize",
    acl: "storage_vol:resize",
  }),
  connectListAllStoragePools: proc(281, ConnectListAllStoragePoolsArgs, ConnectListAllStoragePoolsRet, {
    api: "virConnectListAllStoragePools",
    acl: "connect:search_storage_pools",
    aclFilter: "storage_pool:getattr",
    priority: "high",
  }),
  storagePoolListAllVolumes: proc(282, StoragePoolListAllVolumesArgs, StoragePoolListAllVolumesRet, {
    api: "virStoragePoolListAllVolumes",
    acl: "storage_pool:search_storage_vols",
    aclFilter: "storage_vol:getattr",
    priority: "high",
  }),
  connectStoragePoolEventRegisterAny: proc(
    368,
    ConnectStoragePoolEventRegisterAnyArgs,
    ConnectStoragePoolEventRegisterAnyRet,
    {
      api: "virConnectStoragePoolEventRegisterAny",
      acl: "connect:search_storage_pools",
      aclFilter: "storage_pool:getattr",
      priority: "high",
    },
  ),
  connectStoragePoolEventDeregisterAny: proc(369, ConnectStoragePoolEventDeregisterAnyArgs, null, {
    api: "virConnectStoragePoolEventDeregisterAny",
    acl: "connect:read",
    priority: "high",
  }),
  storagePoolEventLifecycle: event(370, StoragePoolEventLifecycleMsg),
  storagePoolEventRefresh: event(373, StoragePoolEventRefreshMsg),
  storageVolGetInfoFlags: proc(378, StorageVolGetInfoFlagsArgs, StorageVolGetInfoFlagsRet, {
    api: "virStorageVolGetInfoFlags",
    acl: "storage_vol:read",
    priority: "high",
  }),
  storagePoolLookupByTargetPath: proc(
    391,
    StoragePoolLookupByTargetPathArgs,
    StoragePoolLookupByTargetPathRet,
    { api: "virStoragePoolLookupByTargetPath", acl: "storage_pool:getattr", priority: "high" },
  ),
  connectGetStoragePoolCapabilities: proc(
    403,
    ConnectGetStoragePoolCapabilitiesArgs,
    ConnectGetStoragePoolCapabilitiesRet,
    { api: "virConnectGetStoragePoolCapabilities", acl: "connect:read" },
  ),
};
