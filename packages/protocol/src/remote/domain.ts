import { i32, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { NonnullDomain, text, typedParamList, uuid } from "../common.ts";
import { procFor } from "../program.ts";
import { Max } from "./limits.ts";

export const DomainCreateXmlArgs = struct({ xmlDesc: text, flags: u32 });
export const DomainCreateXmlRet = struct({ dom: NonnullDomain });
export const DomainCreateXmlWithFilesArgs = struct({ xmlDesc: text, flags: u32 });
export const DomainCreateXmlWithFilesRet = struct({ dom: NonnullDomain });
export const DomainLookupByIdArgs = struct({ id: i32 });
export const DomainLookupByIdRet = struct({ dom: NonnullDomain });
export const DomainLookupByUuidArgs = struct({ uuid });
export const DomainLookupByUuidRet = struct({ dom: NonnullDomain });
export const DomainLookupByNameArgs = struct({ name: text });
export const DomainLookupByNameRet = struct({ dom: NonnullDomain });
export const DomainSuspendArgs = struct({ dom: NonnullDomain });
export const DomainResumeArgs = struct({ dom: NonnullDomain });
export const DomainPmSuspendForDurationArgs = struct({
  dom: NonnullDomain,
  target: u32,
  duration: u64,
  flags: u32,
});
export const DomainPmWakeupArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainShutdownArgs = struct({ dom: NonnullDomain });
export const DomainRebootArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainResetArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainDestroyArgs = struct({ dom: NonnullDomain });
export const DomainDestroyFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainSaveArgs = struct({ dom: NonnullDomain, to: text });
export const DomainSaveFlagsArgs = struct({ dom: NonnullDomain, to: text, dxml: optional(text), flags: u32 });
export const DomainSaveParamsArgs = struct({
  dom: NonnullDomain,
  params: typedParamList(Max.DOMAIN_SAVE_PARAMS),
  flags: u32,
});
export const DomainRestoreArgs = struct({ from: text });
export const DomainRestoreFlagsArgs = struct({ from: text, dxml: optional(text), flags: u32 });
export const DomainRestoreParamsArgs = struct({ params: typedParamList(Max.DOMAIN_SAVE_PARAMS), flags: u32 });
export const DomainSaveImageDefineXmlArgs = struct({ file: text, dxml: text, flags: u32 });
export const DomainCoreDumpArgs = struct({ dom: NonnullDomain, to: text, flags: u32 });
export const DomainCoreDumpWithFormatArgs = struct({
  dom: NonnullDomain,
  to: text,
  dumpformat: u32,
  flags: u32,
});
export const DomainCreateArgs = struct({ dom: NonnullDomain });
export const DomainCreateWithFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainCreateWithFlagsRet = struct({ dom: NonnullDomain });
export const DomainCreateWithFilesArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainCreateWithFilesRet = struct({ dom: NonnullDomain });
export const DomainDefineXmlArgs = struct({ xml: text });
export const DomainDefineXmlRet = struct({ dom: NonnullDomain });
export const DomainDefineXmlFlagsArgs = struct({ xml: text, flags: u32 });
export const DomainDefineXmlFlagsRet = struct({ dom: NonnullDomain });
export const DomainUndefineArgs = struct({ dom: NonnullDomain });
export const DomainUndefineFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainAttachDeviceArgs = struct({ dom: NonnullDomain, xml: text });
export const DomainAttachDeviceFlagsArgs = struct({ dom: NonnullDomain, xml: text, flags: u32 });
export const DomainDetachDeviceArgs = struct({ dom: NonnullDomain, xml: text });
export const DomainDetachDeviceFlagsArgs = struct({ dom: NonnullDomain, xml: text, flags: u32 });
export const DomainUpdateDeviceFlagsArgs = struct({ dom: NonnullDomain, xml: text, flags: u32 });
export const DomainDetachDeviceAliasArgs = struct({ dom: NonnullDomain, alias: text, flags: u32 });
export const DomainManagedSaveArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainHasManagedSaveImageArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainHasManagedSaveImageRet = struct({ result: i32 });
export const DomainManagedSaveRemoveArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainManagedSaveDefineXmlArgs = struct({
  dom: NonnullDomain,
  dxml: optional(text),
  flags: u32,
});
export const DomainShutdownFlagsArgs = struct({ dom: NonnullDomain, flags: u32 });
export const DomainRenameArgs = struct({ dom: NonnullDomain, newName: optional(text), flags: u32 });
export const DomainRenameRet = struct({ retcode: i32 });
export const DomainSetLifecycleActionArgs = struct({
  dom: NonnullDomain,
  type: u32,
  action: u32,
  flags: u32,
});
export const DomainFdAssociateArgs = struct({ dom: NonnullDomain, name: text, flags: u32 });

const proc = procFor("hypervisor");

/** Domains: definition, lifecycle, devices. */
export const domainProcs = {
  domainAttachDevice: proc(8, DomainAttachDeviceArgs, null, {
    api: "virDomainAttachDevice",
    acl: "domain:write",
  }),
  domainCreate: proc(9, DomainCreateArgs, null, { api: "virDomainCreate", acl: "domain:start" }),
  domainCreateXml: proc(10, DomainCreateXmlArgs, DomainCreateXmlRet, {
    api: "virDomainCreateXML",
    acl: ["domain:write", "domain:start"],
  }),
  domainDefineXml: proc(11, DomainDefineXmlArgs, DomainDefineXmlRet, {
    api: "virDomainDefineXML",
    acl: ["domain:write", "domain:save"],
    priority: "high",
  }),
  domainDestroy: proc(12, DomainDestroyArgs, null, {
    api: "virDomainDestroy",
    acl: "domain:stop",
    priority: "high",
  }),
  domainDetachDevice: proc(13, DomainDetachDeviceArgs, null, {
    api: "virDomainDetachDevice",
    acl: "domain:write",
  }),
  domainLookupById: proc(22, DomainLookupByIdArgs, DomainLookupByIdRet, {
    api: "virDomainLookupByID",
    acl: "domain:getattr",
    priority: "high",
  }),
  domainLookupByName: proc(23, DomainLookupByNameArgs, DomainLookupByNameRet, {
    api: "virDomainLookupByName",
    acl: "domain:getattr",
    priority: "high",
  }),
  domainLookupByUuid: proc(24, DomainLookupByUuidArgs, DomainLookupByUuidRet, {
    api: "virDomainLookupByUUID",
    acl: "domain:getattr",
    priority: "high",
  }),
  domainReboot: proc(27, DomainRebootArgs, null, {
    api: "virDomainReboot",
    acl: ["domain:init_control", "domain:write:VIR_DOMAIN_REBOOT_GUEST_AGENT"],
  }),
  domainResume: proc(28, DomainResumeArgs, null, { api: "virDomainResume", acl: "domain:suspend" }),
  domainShutdown: proc(33, DomainShutdownArgs, null, {
    api: "virDomainShutdown",
    acl: "domain:init_control",
  }),
  domainSuspend: proc(34, DomainSuspendArgs, null, { api: "virDomainSuspend", acl: "domain:suspend" }),
  domainUndefine: proc(35, DomainUndefineArgs, null, {
    api: "virDomainUndefine",
    acl: "domain:delete",
    priority: "high",
  }),
  domainCoreDump: proc(53, DomainCoreDumpArgs, null, { api: "virDomainCoreDump", acl: "domain:core_dump" }),
  domainRestore: proc(54, DomainRestoreArgs, null, {
    api: "virDomainRestore",
    acl: ["domain:start", "domain:write"],
  }),
  domainSave: proc(55, DomainSaveArgs, null, { api: "virDomainSave", acl: "domain:hibernate" }),
  domainAttachDeviceFlags: proc(160, DomainAttachDeviceFlagsArgs, null, {
    api: "virDomainAttachDeviceFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainDetachDeviceFlags: proc(161, DomainDetachDeviceFlagsArgs, null, {
    api: "virDomainDetachDeviceFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainUpdateDeviceFlags: proc(174, DomainUpdateDeviceFlagsArgs, null, {
    api: "virDomainUpdateDeviceFlags",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainManagedSave: proc(182, DomainManagedSaveArgs, null, {
    api: "virDomainManagedSave",
    acl: "domain:hibernate",
  }),
  domainHasManagedSaveImage: proc(183, DomainHasManagedSaveImageArgs, DomainHasManagedSaveImageRet, {
    api: "virDomainHasManagedSaveImage",
    acl: "domain:read",
  }),
  domainManagedSaveRemove: proc(184, DomainManagedSaveRemoveArgs, null, {
    api: "virDomainManagedSaveRemove",
    acl: "domain:hibernate",
  }),
  domainCreateWithFlags: proc(196, DomainCreateWithFlagsArgs, DomainCreateWithFlagsRet, {
    api: "virDomainCreateWithFlags",
    acl: "domain:start",
  }),
  domainUndefineFlags: proc(231, DomainUndefineFlagsArgs, null, {
    api: "virDomainUndefineFlags",
    acl: "domain:delete",
    priority: "high",
  }),
  domainSaveFlags: proc(232, DomainSaveFlagsArgs, null, {
    api: "virDomainSaveFlags",
    acl: "domain:hibernate",
  }),
  domainRestoreFlags: proc(233, DomainRestoreFlagsArgs, null, {
    api: "virDomainRestoreFlags",
    acl: ["domain:start", "domain:write"],
  }),
  domainDestroyFlags: proc(234, DomainDestroyFlagsArgs, null, {
    api: "virDomainDestroyFlags",
    acl: "domain:stop",
    priority: "high",
  }),
  domainSaveImageDefineXml: proc(236, DomainSaveImageDefineXmlArgs, null, {
    api: "virDomainSaveImageDefineXML",
    acl: ["domain:write", "domain:hibernate"],
    priority: "high",
  }),
  domainReset: proc(245, DomainResetArgs, null, { api: "virDomainReset", acl: "domain:reset" }),
  domainShutdownFlags: proc(258, DomainShutdownFlagsArgs, null, {
    api: "virDomainShutdownFlags",
    acl: ["domain:init_control", "domain:write:VIR_DOMAIN_SHUTDOWN_GUEST_AGENT"],
  }),
  domainPmSuspendForDuration: proc(261, DomainPmSuspendForDurationArgs, null, {
    api: "virDomainPMSuspendForDuration",
    acl: "domain:pm_control",
  }),
  domainPmWakeup: proc(267, DomainPmWakeupArgs, null, { api: "virDomainPMWakeup", acl: "domain:pm_control" }),
  domainCreateXmlWithFiles: proc(309, DomainCreateXmlWithFilesArgs, DomainCreateXmlWithFilesRet, {
    api: "virDomainCreateXMLWithFiles",
    acl: ["domain:write", "domain:start"],
    fds: "in",
  }),
  domainCreateWithFiles: proc(310, DomainCreateWithFilesArgs, DomainCreateWithFilesRet, {
    api: "virDomainCreateWithFiles",
    acl: "domain:start",
    fds: "in",
  }),
  domainCoreDumpWithFormat: proc(334, DomainCoreDumpWithFormatArgs, null, {
    api: "virDomainCoreDumpWithFormat",
    acl: "domain:core_dump",
  }),
  domainDefineXmlFlags: proc(350, DomainDefineXmlFlagsArgs, DomainDefineXmlFlagsRet, {
    api: "virDomainDefineXMLFlags",
    acl: ["domain:write", "domain:save"],
    priority: "high",
  }),
  domainRename: proc(358, DomainRenameArgs, DomainRenameRet, {
    api: "virDomainRename",
    acl: ["domain:write", "domain:save"],
  }),
  domainManagedSaveDefineXml: proc(389, DomainManagedSaveDefineXmlArgs, null, {
    api: "virDomainManagedSaveDefineXML",
    acl: ["domain:write", "domain:hibernate"],
  }),
  domainSetLifecycleAction: proc(390, DomainSetLifecycleActionArgs, null, {
    api: "virDomainSetLifecycleAction",
    acl: "domain:write",
  }),
  domainDetachDeviceAlias: proc(392, DomainDetachDeviceAliasArgs, null, {
    api: "virDomainDetachDeviceAlias",
    acl: [
      "domain:write",
      "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
      "domain:save:VIR_DOMAIN_AFFECT_CONFIG",
    ],
  }),
  domainSaveParams: proc(440, DomainSaveParamsArgs, null, {
    api: "virDomainSaveParams",
    acl: "domain:hibernate",
  }),
  domainRestoreParams: proc(441, DomainRestoreParamsArgs, null, {
    api: "virDomainRestoreParams",
    acl: ["domain:start", "domain:write"],
  }),
  domainFdAssociate: proc(443, DomainFdAssociateArgs, null, {
    api: "virDomainFDAssociate",
    acl: "domain:write",
    fds: "in",
  }),
};
