import { array, charArray, i32, optional, struct, u8, u16, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const DomainGetOsTypeArgs = struct({ dom: NonnullDomain });
export const DomainGetOsTypeRet = struct({ type: text });
export const DomainGetInfoArgs = struct({ dom: NonnullDomain });
export const DomainGetInfoRet = struct({ state: u8, maxMem: u64, memory: u64, nrVirtCpu: u16, cpuTime: u64 });
export const DomainSaveImageGetXmlDescArgs = struct({ file: text, flags: u32 });
export const DomainSaveImageGetXmlDescRet = struct({ xml: text });
export const DomainGetXmlDescArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetXmlDescRet = struct({ xml: text });
export const DomainGetSecurityLabelArgs = struct({ dom: NonnullDomain });
export const DomainGetSecurityLabelRet = struct({ label: charArray(Max.SECURITY_LABEL), enforcing: i32 });
export const DomainGetSecurityLabelListArgs = struct({ dom: NonnullDomain });
export const DomainGetSecurityLabelListRet = struct({
  labels: array(DomainGetSecurityLabelRet, Max.SECURITY_LABEL_LIST),
  ret: i32,
});
export const DomainGetAutostartArgs = struct({ dom: NonnullDomain });
export const DomainGetAutostartRet = struct({ autostart: i32 });
export const DomainSetAutostartArgs = struct({ dom: NonnullDomain, autostart: i32 });
export const DomainSetMetadataArgs = struct({
  dom: NonnullDomain,
  type: i32,
  metadata: optional(text),
  key: optional(text),
  uri: optional(text),
  flags: u32,
});
export const DomainGetMetadataArgs = struct({
  dom: NonnullDomain,
  type: i32,
  uri: optional(text),
  flags: u32,
});
export const DomainGetMetadataRet = struct({ metadata: text });
export const DomainIsActiveArgs = struct({ dom: NonnullDomain });
export const DomainIsActiveRet = struct({ active: i32 });
export const DomainIsPersistentArgs = struct({ dom: NonnullDomain });
export const DomainIsPersistentRet = struct({ persistent: i32 });
export const DomainIsUpdatedArgs = struct({ dom: NonnullDomain });
export const DomainIsUpdatedRet = struct({ updated: i32 });
export const DomainGetJobInfoArgs = struct({ dom: NonnullDomain });
export const DomainGetJobInfoRet = struct({
  type: i32,
  timeElapsed: u64,
  timeRemaining: u64,
  dataTotal: u64,
  dataProcessed: u64,
  dataRemaining: u64,
  memTotal: u64,
  memProcessed: u64,
  memRemaining: u64,
  fileTotal: u64,
  fileProcessed: u64,
  fileRemaining: u64,
});
export const DomainGetJobStatsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetJobStatsRet = struct({ type: i32, params: typedParamList(Max.DOMAIN_JOB_STATS) });
export const DomainAbortJobArgs = struct({ dom: NonnullDomain });
export const DomainAbortJobFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainManagedSaveGetXmlDescArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainManagedSaveGetXmlDescRet = struct({ xml: text });
export const DomainGetStateArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetStateRet = struct({ state: i32, reason: i32 });
export const DomainGetControlInfoArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetControlInfoRet = struct({ state: u32, details: u32, stateTime: u64 });
export const DomainGetLaunchSecurityInfoArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetLaunchSecurityInfoRet = struct({
  params: typedParamList(Max.DOMAIN_LAUNCH_SECURITY_INFO_PARAMS),
});
export const DomainSetLaunchSecurityStateArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_LAUNCH_SECURITY_STATE_PARAMS),
  flags: u32,
});
export const DomainGetMessagesArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainGetMessagesRet = struct({ msgs: array(text, Max.DOMAIN_MESSAGES) });
export const DomainGetAutostartOnceArgs = struct({ dom: NonnullDomain });
export const DomainGetAutostartOnceRet = struct({ autostart: i32 });
export const DomainSetAutostartOnceArgs = struct({ dom: NonnullDomain, autostart: i32 });

const proc = procFor("hypervisor");

/** What is known about a domain: state, descriptions, statistics, jobs, labels. */
export const domainInfoProcs = {
  domainGetXmlDesc: proc(14, DomainGetXmlDescArgs, DomainGetXmlDescRet, {
    api: "virDomainGetXMLDesc",
    acl: [
      "domain:read",
      "domain:read_secure:VIR_DOMAIN_XML_SECURE",
      "domain:read_secure:VIR_DOMAIN_XML_MIGRATABLE",
    ],
  }),
  domainGetAutostart: proc(15, DomainGetAutostartArgs, DomainGetAutostartRet, {
    api: "virDomainGetAutostart",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetInfo: proc(16, DomainGetInfoArgs, DomainGetInfoRet, {
    api: "virDomainGetInfo",
    acl: "domain:read",
  }),
  domainGetOsType: proc(19, DomainGetOsTypeArgs, DomainGetOsTypeRet, {
    api: "virDomainGetOSType",
    acl: "domain:read",
    priority: "high",
  }),
  domainSetAutostart: proc(29, DomainSetAutostartArgs, null, {
    api: "virDomainSetAutostart",
    acl: "domain:write",
    priority: "high",
  }),
  domainGetSecurityLabel: proc(121, DomainGetSecurityLabelArgs, DomainGetSecurityLabelRet, {
    api: "virDomainGetSecurityLabel",
    acl: "domain:read",
    priority: "high",
  }),
  domainIsActive: proc(150, DomainIsActiveArgs, DomainIsActiveRet, {
    api: "virDomainIsActive",
    acl: "domain:read",
    priority: "high",
  }),
  domainIsPersistent: proc(151, DomainIsPersistentArgs, DomainIsPersistentRet, {
    api: "virDomainIsPersistent",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetJobInfo: proc(163, DomainGetJobInfoArgs, DomainGetJobInfoRet, {
    api: "virDomainGetJobInfo",
    acl: "domain:read",
  }),
  domainAbortJob: proc(164, DomainAbortJobArgs, null, { api: "virDomainAbortJob", acl: "domain:write" }),
  domainIsUpdated: proc(202, DomainIsUpdatedArgs, DomainIsUpdatedRet, {
    api: "virDomainIsUpdated",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetState: proc(212, DomainGetStateArgs, DomainGetStateRet, {
    api: "virDomainGetState",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetControlInfo: proc(229, DomainGetControlInfoArgs, DomainGetControlInfoRet, {
    api: "virDomainGetControlInfo",
    acl: "domain:read",
    priority: "high",
  }),
  domainSaveImageGetXmlDesc: proc(235, DomainSaveImageGetXmlDescArgs, DomainSaveImageGetXmlDescRet, {
    api: "virDomainSaveImageGetXMLDesc",
    acl: "domain:write",
    priority: "high",
  }),
  domainSetMetadata: proc(264, DomainSetMetadataArgs, null, {
    api: "virDomainSetMetadata",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainGetMetadata: proc(265, DomainGetMetadataArgs, DomainGetMetadataRet, {
    api: "virDomainGetMetadata",
    acl: "domain:read",
  }),
  domainGetSecurityLabelList: proc(278, DomainGetSecurityLabelListArgs, DomainGetSecurityLabelListRet, {
    api: "virDomainGetSecurityLabelList",
    acl: "domain:read",
    priority: "high",
  }),
  domainGetJobStats: proc(298, DomainGetJobStatsArgs, DomainGetJobStatsRet, {
    api: "virDomainGetJobStats",
    acl: "domain:read",
  }),
  domainManagedSaveGetXmlDesc: proc(388, DomainManagedSaveGetXmlDescArgs, DomainManagedSaveGetXmlDescRet, {
    api: "virDomainManagedSaveGetXMLDesc",
    acl: ["domain:read", "domain:read_secure:VIR_DOMAIN_SAVE_IMAGE_XML_SECURE"],
  }),
  domainGetLaunchSecurityInfo: proc(396, DomainGetLaunchSecurityInfoArgs, DomainGetLaunchSecurityInfoRet, {
    api: "virDomainGetLaunchSecurityInfo",
    acl: "domain:read",
  }),
  domainGetMessages: proc(426, DomainGetMessagesArgs, DomainGetMessagesRet, {
    api: "virDomainGetMessages",
    acl: "domain:read",
  }),
  domainSetLaunchSecurityState: proc(439, DomainSetLaunchSecurityStateArgs, null, {
    api: "virDomainSetLaunchSecurityState",
    acl: "domain:write",
  }),
  domainAbortJobFlags: proc(442, DomainAbortJobFlagsArgs, null, {
    api: "virDomainAbortJobFlags",
    acl: "domain:write",
  }),
  domainGetAutostartOnce: proc(449, DomainGetAutostartOnceArgs, DomainGetAutostartOnceRet, {
    api: "virDomainGetAutostartOnce",
    acl: "domain:read",
    priority: "high",
  }),
  domainSetAutostartOnce: proc(450, DomainSetAutostartOnceArgs, null, {
    api: "virDomainSetAutostartOnce",
    acl: "domain:write",
    priority: "high",
  }),
};
