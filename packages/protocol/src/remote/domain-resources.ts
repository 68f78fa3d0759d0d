import { array, bytes, type Infer, i32, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const VcpuInfo = struct({ number: u32, state: i32, cpuTime: u64, cpu: i32 });
export type VcpuInfo = Infer<typeof VcpuInfo>;
export const DomainGetSchedulerTypeArgs = struct({ dom: NonnullDomain });
export const DomainGetSchedulerTypeRet = struct({ type: text, nparams: i32 });
export const DomainGetSchedulerParametersArgs = struct({ dom: NonnullDomain, nparams: i32 });
export const DomainGetSchedulerParametersRet = struct({
  params: typedParamList(Max.DOMAIN_SCHEDULER_PARAMETERS),
});
export const DomainGetSchedulerParametersFlagsArgs = struct({ dom: NonnullDomain, nparams: i32, flags: u32 });
export const DomainGetSchedulerParametersFlagsRet = struct({
  params: typedParamList(Max.DOMAIN_SCHEDULER_PARAMETERS),
});
export const DomainSetSchedulerParametersArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_SCHEDULER_PARAMETERS),
});
export const DomainSetSchedulerParametersFlagsArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_SCHEDULER_PARAMETERS),
  flags: u32,
});
export const DomainSetMemoryParametersArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_MEMORY_PARAMETERS),
  flags: u32,
});
export const DomainGetMemoryParametersArgs = struct({ dom: NonnullDomain, nparams: i32, flags: u32 });
export const DomainGetMemoryParametersRet = struct({
  params: typedParamList(Max.DOMAIN_MEMORY_PARAMETERS),
  nparams: i32,
});
export const DomainSetNumaParametersArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_NUMA_PARAMETERS),
  flags: u32,
});
export const DomainGetNumaParametersArgs = struct({ dom: NonnullDomain, nparams: i32, flags: u32 });
export const DomainGetNumaParametersRet = struct({
  params: typedParamList(Max.DOMAIN_NUMA_PARAMETERS),
  nparams: i32,
});
export const DomainSetPerfEventsArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_PERF_EVENTS),
  flags: u32,
});
export const DomainGetPerfEventsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetPerfEventsRet = struct({ params: typedParamList(Max.DOMAIN_PERF_EVENTS) });
export const DomainSetInterfaceParametersArgs = struct({
  dom: NonnullDomain,
  device: text,
  params: typedParamList(Max.DOMAIN_INTERFACE_PARAMETERS),
  flags: u32,
});
export const DomainGetInterfaceParametersArgs = struct({
  dom: NonnullDomain,
  device: text,
  nparams: i32,
  flags: u32,
});
export const DomainGetInterfaceParametersRet = struct({
  params: typedParamList(Max.DOMAIN_INTERFACE_PARAMETERS),
  nparams: i32,
});
export const DomainMemoryStatsArgs = struct({ dom: NonnullDomain, maxStats: u32, flags: u32 });
export const DomainMemoryStat = struct({ tag: i32, val: u64 });
export type DomainMemoryStat = Infer<typeof DomainMemoryStat>;
export const DomainMemoryStatsRet = struct({ stats: array(DomainMemoryStat, Max.DOMAIN_MEMORY_STATS) });
export const DomainMemoryPeekArgs = struct({ dom: NonnullDomain, offset: u64, size: u32, flags: u32 });
export const DomainMemoryPeekRet = struct({ buffer: bytes(Max.DOMAIN_MEMORY_PEEK_BUFFER) });
export const DomainGetMaxMemoryArgs = struct({ dom: NonnullDomain });
export const DomainGetMaxMemoryRet = struct({ memory: u64 });
export const DomainSetMaxMemoryArgs = struct({ dom: NonnullDomain, memory: u64 });
export const DomainSetMemoryArgs = struct({ dom: NonnullDomain, memory: u64 });
export const DomainSetMemoryFlagsArgs = struct({ dom: NonnullDomain, memory: u64, flags: u32 });
export const DomainSetMemoryStatsPeriodArgs = struct({ dom: NonnullDomain, period: i32, flags: u32 });
export const DomainSetVcpusArgs = struct({ dom: NonnullDomain, nvcpus: u32 });
export const DomainSetVcpusFlagsArgs = struct({ dom: NonnullDomain, nvcpus: u32, flags: u32 });
export const DomainGetVcpusFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetVcpusFlagsRet = struct({ num: i32 });
export const DomainPinVcpuArgs = struct({ dom: NonnullDomain, vcpu: u32, cpumap: bytes(Max.CPUMAP) });
export const DomainPinVcpuFlagsArgs = struct({
  dom: NonnullDomain,
  vcpu: u32,
  cpumap: bytes(Max.CPUMAP),
  flags: u32,
});
export const DomainGetVcpuPinInfoArgs = struct({
  dom: NonnullDomain,
  ncpumaps: i32,
  maplen: i32,
  flags: u32,
});
export const DomainGetVcpuPinInfoRet = struct({ cpumaps: bytes(Max.CPUMAPS), num: i32 });
export const DomainPinEmulatorArgs = struct({ dom: NonnullDomain, cpumap: bytes(Max.CPUMAP), flags: u32 });
export const DomainGetEmulatorPinInfoArgs = struct({ dom: NonnullDomain, maplen: i32, flags: u32 });
export const DomainGetEmulatorPinInfoRet = struct({ cpumaps: bytes(Max.CPUMAPS), ret: i32 });
export const DomainGetVcpusArgs = struct({ dom: NonnullDomain, maxinfo: i32, maplen: i32 });
export const DomainGetVcpusRet = struct({ info: array(VcpuInfo, Max.VCPUINFO), cpumaps: bytes(Max.CPUMAPS) });
export const DomainGetMaxVcpusArgs = struct({ dom: NonnullDomain });
export const DomainGetMaxVcpusRet = struct({ num: i32 });
export const DomainIothreadInfo = struct({ iothreadId: u32, cpumap: bytes(Max.CPUMAP) });
export type DomainIothreadInfo = Infer<typeof DomainIothreadInfo>;
export const DomainGetIothreadInfoArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetIothreadInfoRet = struct({
  info: array(DomainIothreadInfo, Max.IOTHREAD_INFO),
  ret: u32,
});
export const DomainPinIothreadArgs = struct({
  dom: NonnullDomain,
  iothreadsId: u32,
  cpumap: bytes(Max.CPUMAP),
  flags: u32,
});
export const DomainAddIothreadArgs = struct({ dom: NonnullDomain, iothreadId: u32, flags: u32 });
export const DomainDelIothreadArgs = struct({ dom: NonnullDomain, iothreadId: u32, flags: u32 });
export const DomainSetIothreadParamsArgs = struct({
  dom: NonnullDomain,
  iothreadId: u32,
  params: typedParamList(Max.DOMAIN_IOTHREAD_PARAMS),
  flags: u32,
});
export const DomainGetCpuStatsArgs = struct({
  dom: NonnullDomain,
  nparams: u32,
  startCpu: i32,
  ncpus: u32,
  flags: u32,
});
export const DomainGetCpuStatsRet = struct({
  params: typedParamList(Max.DOMAIN_GET_CPU_STATS),
  nparams: i32,
});
export const DomainGetGuestVcpusArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetGuestVcpusRet = struct({ params: typedParamList(Max.DOMAIN_GUEST_VCPU_PARAMS) });
export const DomainSetGuestVcpusArgs = struct({ dom: NonnullDomain, cpumap: text, state: i32, flags: u32 });
export const DomainSetVcpuArgs = struct({ dom: NonnullDomain, cpumap: text, state: i32, flags: u32 });

const proc = procFor("hypervisor");

/** Processors, memory and other resources of a domain, and their limits. */
export const domainResourcesProcs = {
  domainGetMaxMemory: proc(17, DomainGetMaxMemoryArgs, DomainGetMaxMemoryRet, {
    api: "virDomainGetMaxMemory",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetMaxVcpus: proc(18, DomainGetMaxVcpusArgs, DomainGetMaxVcpusRet, {
    api: "virDomainGetMaxVcpus",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetVcpus: proc(20, DomainGetVcpusArgs, DomainGetVcpusRet, {
    api: "virDomainGetVcpus",
    acl: "domain:read",
    priority: "high",
  }),
  domainPinVcpu: proc(26, DomainPinVcpuArgs, null, { api: "virDomainPinVcpu", acl: "domain:write" }),
  domainSetMaxMemory: proc(30, DomainSetMaxMemoryArgs, null, {
    api: "virDomainSetMaxMemory",
    acl: "domain:write",
    priority: "high",
  }),
  domainSetMemory: proc(31, DomainSetMemoryArgs, null, { api: "virDomainSetMemory", acl: "domain:write" }),
  domainSetVcpus: proc(32, DomainSetVcpusArgs, null, { api: "virDomainSetVcpus", acl: "domain:write" }),
  domainGetSchedulerType: proc(56, DomainGetSchedulerTypeArgs, DomainGetSchedulerTypeRet, {
    api: "virDomainGetSchedulerType",
    acl: "domain:read",
  }),
  domainGetSchedulerParameters: proc(57, DomainGetSchedulerParametersArgs, DomainGetSchedulerParametersRet, {
    api: "virDomainGetSchedulerParameters",
    acl: "domain:read",
  }),
  domainSetSchedulerParameters: proc(58, DomainSetSchedulerParametersArgs, null, {
    api: "virDomainSetSchedulerParameters",
    acl: "domain:read",
  }),
  domainMemoryPeek: proc(104, DomainMemoryPeekArgs, DomainMemoryPeekRet, {
    api: "virDomainMemoryPeek",
    acl: "domain:mem_read",
  }),
  domainMemoryStats: proc(159, DomainMemoryStatsArgs, DomainMemoryStatsRet, {
    api: "virDomainMemoryStats",
    acl: "domain:read",
  }),
  domainSetMemoryParameters: proc(197, DomainSetMemoryParametersArgs, null, {
    api: "virDomainSetMemoryParameters",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetMemoryParameters: proc(198, DomainGetMemoryParametersArgs, DomainGetMemoryParametersRet, {
    api: "virDomainGetMemoryParameters",
    acl: "domain:read",
  }),
  domainSetVcpusFlags: proc(199, DomainSetVcpusFlagsArgs, null, {
    api: "virDomainSetVcpusFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
      "domain:write:VIR_DOMAIN_VCPU_GUEST",
    ],
  }),
  domainGetVcpusFlags: proc(200, DomainGetVcpusFlagsArgs, DomainGetVcpusFlagsRet, {
    api: "virDomainGetVcpusFlags",
    acl: ["domain:read", "domain:write:VIR_DOMAIN_VCPU_GUEST"],
  }),
  domainSetMemoryFlags: proc(204, DomainSetMemoryFlagsArgs, null, {
    api: "virDomainSetMemoryFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainSetSchedulerParametersFlags: proc(219, DomainSetSchedulerParametersFlagsArgs, null, {
    api: "virDomainSetSchedulerParametersFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetSchedulerParametersFlags: proc(
    223,
    DomainGetSchedulerParametersFlagsArgs,
    DomainGetSchedulerParametersFlagsRet,
    { api: "virDomainGetSchedulerParametersFlags", acl: "domain:read" },
  ),
  domainPinVcpuFlags: proc(225, DomainPinVcpuFlagsArgs, null, {
    api: "virDomainPinVcpuFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetVcpuPinInfo: proc(230, DomainGetVcpuPinInfoArgs, DomainGetVcpuPinInfoRet, {
    api: "virDomainGetVcpuPinInfo",
    acl: "domain:read",
  }),
  domainSetNumaParameters: proc(254, DomainSetNumaParametersArgs, null, {
    api: "virDomainSetNumaParameters",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetNumaParameters: proc(255, DomainGetNumaParametersArgs, DomainGetNumaParametersRet, {
    api: "virDomainGetNumaParameters",
    acl: "domain:read",
  }),
  domainSetInterfaceParameters: proc(256, DomainSetInterfaceParametersArgs, null, {
    api: "virDomainSetInterfaceParameters",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetInterfaceParameters: proc(257, DomainGetInterfaceParametersArgs, DomainGetInterfaceParametersRet, {
    api: "virDomainGetInterfaceParameters",
    acl: "domain:read",
  }),
  domainGetCpuStats: proc(262, DomainGetCpuStatsArgs, DomainGetCpuStatsRet, {
    api: "virDomainGetCPUStats",
    acl: "domain:read",
  }),
  domainPinEmulator: proc(279, DomainPinEmulatorArgs, null, {
    api: "virDomainPinEmulator",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetEmulatorPinInfo: proc(280, DomainGetEmulatorPinInfoArgs, DomainGetEmulatorPinInfoRet, {
    api: "virDomainGetEmulatorPinInfo",
    acl: "domain:read",
  }),
  domainSetMemoryStatsPeriod: proc(308, DomainSetMemoryStatsPeriodArgs, null, {
    api: "virDomainSetMemoryStatsPeriod",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetIothreadInfo: proc(351, DomainGetIothreadInfoArgs, DomainGetIothreadInfoRet, {
    api: "virDomainGetIOThreadInfo",
    acl: "domain:read",
  }),
  domainPinIothread: proc(352, DomainPinIothreadArgs, null, {
    api: "virDomainPinIOThread",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainAddIothread: proc(355, DomainAddIothreadArgs, null, {
    api: "virDomainAddIOThread",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainDelIothread: proc(356, DomainDelIothreadArgs, null, {
    api: "virDomainDelIOThread",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetPerfEvents: proc(365, DomainGetPerfEventsArgs, DomainGetPerfEventsRet, {
    api: "virDomainGetPerfEvents",
    acl: "domain:read",
  }),
  domainSetPerfEvents: proc(366, DomainSetPerfEventsArgs, null, {
    api: "virDomainSetPerfEvents",
    acl: "domain:write",
  }),
  domainGetGuestVcpus: proc(371, DomainGetGuestVcpusArgs, DomainGetGuestVcpusRet, {
    api: "virDomainGetGuestVcpus",
    acl: "domain:write",
  }),
  domainSetGuestVcpus: proc(372, DomainSetGuestVcpusArgs, null, {
    api: "virDomainSetGuestVcpus",
    acl: "domain:write",
  }),
  domainSetVcpu: proc(384, DomainSetVcpuArgs, null, {
    api: "virDomainSetVcpu",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainSetIothreadParams: proc(402, DomainSetIothreadParamsArgs, null, {
    api: "virDomainSetIOThreadParams",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
};
