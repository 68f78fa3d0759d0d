import {
  array,
  bytes,
  charArray,
  fixedCharArray,
  type Infer,
  i32,
  optional,
  struct,
  u32,
  u64,
} from "@libvirt-ts/xdr";
import { text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const NodeGetCpuStats = struct({ field: text, value: u64 });
export type NodeGetCpuStats = Infer<typeof NodeGetCpuStats>;
export const NodeGetMemoryStats = struct({ field: text, value: u64 });
export type NodeGetMemoryStats = Infer<typeof NodeGetMemoryStats>;
export const NodeGetInfoRet = struct({
  model: fixedCharArray(32),
  memory: u64,
  cpus: i32,
  mhz: i32,
  nodes: i32,
  sockets: i32,
  cores: i32,
  threads: i32,
});
export const NodeGetCpuStatsArgs = struct({ cpuNum: i32, nparams: i32, flags: u32 });
export const NodeGetCpuStatsRet = struct({
  params: array(NodeGetCpuStats, Max.NODE_CPU_STATS),
  nparams: i32,
});
export const NodeGetMemoryStatsArgs = struct({ nparams: i32, cellNum: i32, flags: u32 });
export const NodeGetMemoryStatsRet = struct({
  params: array(NodeGetMemoryStats, Max.NODE_MEMORY_STATS),
  nparams: i32,
});
export const NodeGetCellsFreeMemoryArgs = struct({ startCell: i32, maxcells: i32 });
export const NodeGetCellsFreeMemoryRet = struct({ cells: array(u64, Max.NODE_CELLS) });
export const NodeGetFreeMemoryRet = struct({ freeMem: u64 });
export const NodeGetSecurityModelRet = struct({
  model: charArray(Max.SECURITY_MODEL),
  doi: charArray(Max.SECURITY_DOI),
});
export const NodeDeviceDettachArgs = struct({ name: text });
export const NodeDeviceDetachFlagsArgs = struct({ name: text, driverName: optional(text), flags: u32 });
export const NodeDeviceReAttachArgs = struct({ name: text });
export const NodeDeviceResetArgs = struct({ name: text });
export const NodeSuspendForDurationArgs = struct({ target: u32, duration: u64, flags: u32 });
export const NodeSetMemoryParametersArgs = struct({
  params: typedParamList(Max.NODE_MEMORY_PARAMETERS),
  flags: u32,
});
export const NodeGetMemoryParametersArgs = struct({ nparams: i32, flags: u32 });
export const NodeGetMemoryParametersRet = struct({
  params: typedParamList(Max.NODE_MEMORY_PARAMETERS),
  nparams: i32,
});
export const NodeGetCpuMapArgs = struct({ needMap: i32, needOnline: i32, flags: u32 });
export const NodeGetCpuMapRet = struct({ cpumap: bytes(Max.CPUMAP), online: u32, ret: i32 });
export const NodeGetFreePagesArgs = struct({
  pages: array(u32, Max.NODE_CELLS),
  startCell: i32,
  cellCount: u32,
  flags: u32,
});
export const NodeGetFreePagesRet = struct({ counts: array(u64, Max.NODE_CELLS) });
export const NodeAllocPagesArgs = struct({
  pageSizes: array(u32, Max.NODE_CELLS),
  pageCounts: array(u64, Max.NODE_CELLS),
  startCell: i32,
  cellCount: u32,
  flags: u32,
});
export const NodeAllocPagesRet = struct({ ret: i32 });
export const NodeGetSevInfoArgs = struct({ nparams: i32, flags: u32 });
export const NodeGetSevInfoRet = struct({ params: typedParamList(Max.NODE_SEV_INFO), nparams: i32 });

const proc = procFor("hypervisor");

/** The host. */
export const nodeProcs = {
  nodeGetInfo: proc(6, null, NodeGetInfoRet, {
    api: "virNodeGetInfo",
    acl: "connect:read",
    priority: "high",
  }),
  nodeGetCellsFreeMemory: proc(101, NodeGetCellsFreeMemoryArgs, NodeGetCellsFreeMemoryRet, {
    api: "virNodeGetCellsFreeMemory",
    acl: "connect:read",
    priority: "high",
  }),
  nodeGetFreeMemory: proc(102, null, NodeGetFreeMemoryRet, {
    api: "virNodeGetFreeMemory",
    acl: "connect:read",
    priority: "high",
  }),
  nodeDeviceDettach: proc(118, NodeDeviceDettachArgs, null, {
    api: "virNodeDeviceDettach",
    acl: "node_device:detach",
  }),
  nodeDeviceReAttach: proc(119, NodeDeviceReAttachArgs, null, {
    api: "virNodeDeviceReAttach",
    acl: "node_device:detach",
  }),
  nodeDeviceReset: proc(120, NodeDeviceResetArgs, null, {
    api: "virNodeDeviceReset",
    acl: "node_device:detach",
  }),
  nodeGetSecurityModel: proc(122, null, NodeGetSecurityModelRet, {
    api: "virNodeGetSecurityModel",
    acl: "connect:read",
    priority: "high",
  }),
  nodeGetCpuStats: proc(227, NodeGetCpuStatsArgs, NodeGetCpuStatsRet, {
    api: "virNodeGetCPUStats",
    acl: "connect:read",
    priority: "high",
  }),
  nodeGetMemoryStats: proc(228, NodeGetMemoryStatsArgs, NodeGetMemoryStatsRet, {
    api: "virNodeGetMemoryStats",
    acl: "connect:read",
    priority: "high",
  }),
  nodeSuspendForDuration: proc(250, NodeSuspendForDurationArgs, null, {
    api: "virNodeSuspendForDuration",
    acl: "connect:pm_control",
  }),
  nodeSetMemoryParameters: proc(288, NodeSetMemoryParametersArgs, null, {
    api: "virNodeSetMemoryParameters",
    acl: "connect:write",
  }),
  nodeGetMemoryParameters: proc(289, NodeGetMemoryParametersArgs, NodeGetMemoryParametersRet, {
    api: "virNodeGetMemoryParameters",
    acl: "connect:read",
  }),
  nodeGetCpuMap: proc(293, NodeGetCpuMapArgs, NodeGetCpuMapRet, {
    api: "virNodeGetCPUMap",
    acl: "connect:read",
  }),
  nodeDeviceDetachFlags: proc(301, NodeDeviceDetachFlagsArgs, null, {
    api: "virNodeDeviceDetachFlags",
    acl: "node_device:detach",
  }),
  nodeGetFreePages: proc(340, NodeGetFreePagesArgs, NodeGetFreePagesRet, {
    api: "virNodeGetFreePages",
    acl: "connect:read",
    priority: "high",
  }),
  nodeAllocPages: proc(347, NodeAllocPagesArgs, NodeAllocPagesRet, {
    api: "virNodeAllocPages",
    acl: "connect:write",
  }),
  nodeGetSevInfo: proc(395, NodeGetSevInfoArgs, NodeGetSevInfoRet, {
    api: "virNodeGetSEVInfo",
    acl: "connect:read",
  }),
};
