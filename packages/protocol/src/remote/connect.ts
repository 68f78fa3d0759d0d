import { array, type Infer, i32, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor, proc as rpcProc } from "../program.ts";
import { Max } from "./limits.ts";

export const ConnectOpenArgs = struct({ name: optional(text), flags: u32 });
export const ConnectSupportsFeatureArgs = struct({ feature: i32 });
export const ConnectSupportsFeatureRet = struct({ supported: i32 });
export const ConnectGetTypeRet = struct({ type: text });
export const ConnectGetVersionRet = struct({ hvVer: u64 });
export const ConnectGetLibVersionRet = struct({ libVer: u64 });
export const ConnectGetHostnameRet = struct({ hostname: text });
export const ConnectGetSysinfoArgs = struct({ flags: u32 });
export const ConnectGetSysinfoRet = struct({ sysinfo: text });
export const ConnectGetUriRet = struct({ uri: text });
export const ConnectGetMaxVcpusArgs = struct({ type: optional(text) });
export const ConnectGetMaxVcpusRet = struct({ maxVcpus: i32 });
export const ConnectGetCapabilitiesRet = struct({ capabilities: text });
export const ConnectGetDomainCapabilitiesArgs = struct({
  emulatorbin: optional(text),
  arch: optional(text),
  machine: optional(text),
  virttype: optional(text),
  flags: u32,
});
export const ConnectGetDomainCapabilitiesRet = struct({ capabilities: text });
export const ConnectListDomainsArgs = struct({ maxids: i32 });
export const ConnectListDomainsRet = struct({ ids: array(i32, Max.DOMAIN_LIST) });
export const ConnectNumOfDomainsRet = struct({ num: i32 });
export const ConnectListDefinedDomainsArgs = struct({ maxnames: i32 });
export const ConnectListDefinedDomainsRet = struct({ names: array(text, Max.DOMAIN_LIST) });
export const ConnectNumOfDefinedDomainsRet = struct({ num: i32 });
export const ConnectDomainXmlFromNativeArgs = struct({ nativeFormat: text, nativeConfig: text, flags: u32 });
export const ConnectDomainXmlFromNativeRet = struct({ domainXml: text });
export const ConnectDomainXmlToNativeArgs = struct({ nativeFormat: text, domainXml: text, flags: u32 });
export const ConnectDomainXmlToNativeRet = struct({ nativeConfig: text });
export const ConnectIsSecureRet = struct({ secure: i32 });
export const ConnectCompareCpuArgs = struct({ xml: text, flags: u32 });
export const ConnectCompareCpuRet = struct({ result: i32 });
export const ConnectBaselineCpuArgs = struct({ xmlCPUs: array(text, Max.CPU_BASELINE), flags: u32 });
export const ConnectBaselineCpuRet = struct({ cpu: text });
export const ConnectListAllDomainsArgs = struct({ needResults: i32, flags: u32 });
export const ConnectListAllDomainsRet = struct({ domains: array(NonnullDomain, Max.DOMAIN_LIST), ret: u32 });
export const ConnectGetCpuModelNamesArgs = struct({ arch: text, needResults: i32, flags: u32 });
export const ConnectGetCpuModelNamesRet = struct({ models: array(text, Max.CONNECT_CPU_MODELS), ret: i32 });
export const DomainStatsRecord = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.CONNECT_GET_ALL_DOMAIN_STATS),
});
export type DomainStatsRecord = Infer<typeof DomainStatsRecord>;
export const ConnectGetAllDomainStatsArgs = struct({
  doms: array(NonnullDomain, Max.DOMAIN_LIST),
  stats: u32,
  flags: u32,
});
export const ConnectGetAllDomainStatsRet = struct({ retStats: array(DomainStatsRecord, Max.DOMAIN_LIST) });
export const ConnectCompareHypervisorCpuArgs = struct({
  emulator: optional(text),
  arch: optional(text),
  machine: optional(text),
  virttype: optional(text),
  xmlCPU: text,
  flags: u32,
});
export const ConnectCompareHypervisorCpuRet = struct({ result: i32 });
export const ConnectBaselineHypervisorCpuArgs = struct({
  emulator: optional(text),
  arch: optional(text),
  machine: optional(text),
  virttype: optional(text),
  xmlCPUs: array(text, Max.CPU_BASELINE),
  flags: u32,
});
export const ConnectBaselineHypervisorCpuRet = struct({ cpu: text });
export const ConnectSetIdentityArgs = struct({
  params: typedParamList(Max.CONNECT_IDENTITY_PARAMS),
  flags: u32,
});

const proc = procFor("hypervisor");

/** The connection itself: opening, capabilities, lists of domains. */
export const connectProcs = {
  connectOpen: rpcProc(1, ConnectOpenArgs, null, {
    api: "virConnectOpen",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectClose: rpcProc(2, null, null, { api: "virConnectClose", priority: "high" }),
  connectGetType: proc(3, null, ConnectGetTypeRet, {
    api: "virConnectGetType",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectGetVersion: proc(4, null, ConnectGetVersionRet, {
    api: "virConnectGetVersion",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectGetMaxVcpus: proc(5, ConnectGetMaxVcpusArgs, ConnectGetMaxVcpusRet, {
    api: "virConnectGetMaxVcpus",
    acl: "connect:read",
    priority: "high",
  }),
  connectGetCapabilities: proc(7, null, ConnectGetCapabilitiesRet, {
    api: "virConnectGetCapabilities",
    acl: "connect:read",
  }),
  connectListDefinedDomains: proc(21, ConnectListDefinedDomainsArgs, ConnectListDefinedDomainsRet, {
    api: "virConnectListDefinedDomains",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectNumOfDefinedDomains: proc(25, null, ConnectNumOfDefinedDomainsRet, {
    api: "virConnectNumOfDefinedDomains",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectListDomains: proc(37, ConnectListDomainsArgs, ConnectListDomainsRet, {
    api: "virConnectListDomains",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectNumOfDomains: proc(51, null, ConnectNumOfDomainsRet, {
    api: "virConnectNumOfDomains",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectGetHostname: proc(59, null, ConnectGetHostnameRet, {
    api: "virConnectGetHostname",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectSupportsFeature: proc(60, ConnectSupportsFeatureArgs, ConnectSupportsFeatureRet, {
    api: "virConnectSupportsFeature",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectGetUri: proc(110, null, ConnectGetUriRet, {
    api: "virConnectGetURI",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectDomainXmlFromNative: proc(135, ConnectDomainXmlFromNativeArgs, ConnectDomainXmlFromNativeRet, {
    api: "virConnectDomainXMLFromNative",
    acl: "connect:write",
  }),
  connectDomainXmlToNative: proc(136, ConnectDomainXmlToNativeArgs, ConnectDomainXmlToNativeRet, {
    api: "virConnectDomainXMLToNative",
    acl: "connect:write",
  }),
  connectIsSecure: proc(149, null, ConnectIsSecureRet, { api: "virConnectIsSecure", priority: "high" }),
  connectGetLibVersion: proc(157, null, ConnectGetLibVersionRet, {
    api: "virConnectGetLibVersion",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectCompareCpu: proc(158, ConnectCompareCpuArgs, ConnectCompareCpuRet, {
    api: "virConnectCompareCPU",
    acl: "connect:read",
    priority: "high",
  }),
  connectBaselineCpu: proc(162, ConnectBaselineCpuArgs, ConnectBaselineCpuRet, {
    api: "virConnectBaselineCPU",
    acl: "connect:read",
  }),
  connectGetSysinfo: proc(203, ConnectGetSysinfoArgs, ConnectGetSysinfoRet, {
    api: "virConnectGetSysinfo",
    acl: "connect:read",
    priority: "high",
  }),
  connectListAllDomains: proc(273, ConnectListAllDomainsArgs, ConnectListAllDomainsRet, {
    api: "virConnectListAllDomains",
    acl: "connect:search_domains",
    aclFilter: "domain:getattr",
    priority: "high",
  }),
  connectGetCpuModelNames: proc(312, ConnectGetCpuModelNamesArgs, ConnectGetCpuModelNamesRet, {
    api: "virConnectGetCPUModelNames",
    acl: "connect:read",
  }),
  connectGetDomainCapabilities: proc(342, ConnectGetDomainCapabilitiesArgs, ConnectGetDomainCapabilitiesRet, {
    api: "virConnectGetDomainCapabilities",
    acl: "connect:write",
  }),
  connectGetAllDomainStats: proc(344, ConnectGetAllDomainStatsArgs, ConnectGetAllDomainStatsRet, {
    api: "virConnectGetAllDomainStats",
    acl: "connect:search_domains",
    aclFilter: "domain:read",
  }),
  connectRegisterCloseCallback: proc(360, null, null, {
    api: "virConnectRegisterCloseCallback",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectUnregisterCloseCallback: proc(361, null, null, {
    api: "virConnectUnregisterCloseCallback",
    acl: "connect:getattr",
    priority: "high",
  }),
  connectCompareHypervisorCpu: proc(393, ConnectCompareHypervisorCpuArgs, ConnectCompareHypervisorCpuRet, {
    api: "virConnectCompareHypervisorCPU",
    acl: "connect:write",
  }),
  connectBaselineHypervisorCpu: proc(394, ConnectBaselineHypervisorCpuArgs, ConnectBaselineHypervisorCpuRet, {
    api: "virConnectBaselineHypervisorCPU",
    acl: "connect:write",
  }),
  connectSetIdentity: proc(419, ConnectSetIdentityArgs, null, {
    api: "virConnectSetIdentity",
    acl: "connect:write",
  }),
};
